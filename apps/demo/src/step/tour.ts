import { accepts } from "./api/accepts.ts"
import { rejectsExpired } from "./api/rejects-expired.ts"
import { rejectsTampered } from "./api/rejects-tampered.ts"
import { rejectsWrongAudience } from "./api/rejects-wrong-audience.ts"
import { chain } from "./delegation/chain.ts"
import { legacy } from "./delegation/legacy.ts"
import { openByDefault } from "./delegation/open-by-default.ts"
import { tokenExchange } from "./delegation/token-exchange.ts"
import { logoutDiscardsRenewal } from "./lifecycle/logout-discards-renewal.ts"
import { refreshRotation } from "./lifecycle/refresh-rotation.ts"
import { retries } from "./lifecycle/retries.ts"
import { redisRenewOnce } from "./fleet/redis-renew-once.ts"
import { device } from "./native/device.ts"
import { loopbackStep } from "./native/loopback.ts"
import { userHasToken } from "./native/user-has-token.ts"
import { batchFile } from "./script/batch-file.ts"
import { clientCredentialsStep } from "./service/client-credentials.ts"
import { jwtBearerStep } from "./service/jwt-bearer.ts"
import { oauthRoDatabase } from "./service/oauth-ro-database.ts"
import { oauthRoLdap } from "./service/oauth-ro-ldap.ts"
import { passwordRealm } from "./service/password-realm.ts"
import { privateKeyJwtStep } from "./service/private-key-jwt.ts"
import { callApi } from "./spa/call-api.ts"
import { codePkce } from "./spa/code-pkce.ts"
import { delegatedCall } from "./spa/delegated-call.ts"
import { guard } from "./spa/guard.ts"
import { hashSignIn } from "./spa/hash-sign-in.ts"
import { locationHash } from "./spa/location-hash.ts"
import { logoutEverywhere } from "./spa/logout-everywhere.ts"
import { offline } from "./spa/offline.ts"
import { signInStep } from "./spa/sign-in.ts"
import { stepUp } from "./spa/step-up.ts"
import { twoTabsRenewOnce } from "./spa/two-tabs-renew-once.ts"
import type { Step } from "./step.ts"
import { backChannelLogout } from "./web/back-channel-logout.ts"
import { cookies } from "./web/cookies.ts"
import { onBehalfOf } from "./web/on-behalf-of.ts"
import { renewalUnderLoad } from "./web/renewal-under-load.ts"
import { delegatesExchange } from "./worker/delegates-exchange.ts"
import { delegatesLegacy } from "./worker/delegates-legacy.ts"
import { evictedAndBack } from "./worker/evicted-and-back.ts"
import { login } from "./worker/login.ts"
import { renewsOnce } from "./worker/renews-once.ts"
import { verifies } from "./worker/verifies.ts"
import { githubActionsStep } from "./workload/github-actions.ts"
import { kubernetesStep } from "./workload/kubernetes.ts"

/** Every step, in the order of the tour. */
export const tour: ReadonlyArray<Step> = [
  oauthRoDatabase,
  oauthRoLdap,
  passwordRealm,
  clientCredentialsStep,
  privateKeyJwtStep,
  jwtBearerStep,
  accepts,
  rejectsTampered,
  rejectsExpired,
  rejectsWrongAudience,
  codePkce,
  locationHash,
  signInStep,
  hashSignIn,
  callApi,
  delegatedCall,
  twoTabsRenewOnce,
  logoutEverywhere,
  offline,
  guard,
  stepUp,
  device,
  loopbackStep,
  userHasToken,
  batchFile,
  kubernetesStep,
  githubActionsStep,
  legacy,
  tokenExchange,
  openByDefault,
  chain,
  refreshRotation,
  logoutDiscardsRenewal,
  retries,
  redisRenewOnce,
  cookies,
  renewalUnderLoad,
  onBehalfOf,
  backChannelLogout,
  verifies,
  delegatesLegacy,
  delegatesExchange,
  login,
  renewsOnce,
  evictedAndBack,
]
