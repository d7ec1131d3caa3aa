export type { Claims } from "./model/claims.ts"
export { audiencesOf, scopesOf } from "./model/claims.ts"
export { type JsonObject, parseJsonObject } from "./model/json.ts"
export { after, isPromise, type MaybePromise } from "./model/maybe-promise.ts"
export type { ServerMetadata } from "./model/metadata.ts"
export type { Actor, Principal } from "./model/principal.ts"
export type { Target, TargetInput } from "./model/target.ts"
export { parseTarget } from "./model/target.ts"
export type { Token, TokenSet, TokenType } from "./model/token-set.ts"
export { presentedToken } from "./model/token-set.ts"
export { type User, userOf } from "./model/user.ts"
export { decodeTokenSet, encodeTokenSet } from "./model/token-set-json.ts"

export type { Explanation } from "./errors/explanation.ts"
export { HttpError, type HttpReason } from "./errors/http-error.ts"
export { DiscoveryError, type DiscoveryReason } from "./errors/discovery-error.ts"
export {
  AcquireError,
  type AcquireReason,
  invalidOptions,
  loginRequired,
  type RejectionCode,
} from "./errors/acquire-error.ts"
export { StoreError, type StoreReason } from "./errors/store-error.ts"
export { DelegateError, type DelegateReason } from "./errors/delegate-error.ts"
export { CallError, type CallReason } from "./errors/call-error.ts"
export { SessionError, type SessionReason } from "./errors/session-error.ts"
export { explainToken, type TokenReason } from "./errors/token-refusal.ts"
export { VerifyError, type VerifyReason } from "./errors/verify-error.ts"

export { alongside } from "./telemetry/alongside.ts"
export type { TelemetryLayer } from "./telemetry/telemetry-layer.ts"
export { eventObserver, telemetryEvents, type TelemetryEvent } from "./telemetry/events.ts"
export {
  type Attributes,
  type Counter,
  type Explained,
  type Observer,
  type Span,
  type SpanName,
  Telemetry,
} from "./telemetry/telemetry.ts"

export type { WaitUntil } from "./http/background.ts"
export { boundedDecoder, readBounded } from "./http/body.ts"
export {
  type Answer,
  type AnswerHeaders,
  type AskInit,
  byFetch,
  type Exchange,
  type ExchangedAnswer,
  Http,
  httpLayer,
  type HttpOptions,
  type Reading,
} from "./http/client.ts"
export { clockLayer, stopwatch } from "./http/clock.ts"
export { learnedClock, learningClock } from "./http/learned-clock.ts"
export { lockHeld } from "./http/lock-held.ts"
export { retryTransient } from "./http/retry.ts"
export {
  type Flights,
  sharedFlights,
  sharedFlightsLayer,
  SingleFlight,
  type SingleFlightOptions,
} from "./http/single-flight.ts"
export { watchedFlights, watchedFlightsLayer } from "./http/watched-flights.ts"
export { within } from "./http/within.ts"

export type { AuthorizationOptions, Prompt } from "./protocol/authorization-params.ts"
export { type Callback, type CallbackInput, parseCallback, type ResponseMode } from "./protocol/callback.ts"
export { type Challenge, formatChallenge, parseChallenges } from "./protocol/challenge.ts"
export type { Client } from "./protocol/client.ts"
export {
  type AssertionAuthOptions,
  type ClientAuth,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  none,
  privateKeyJwt,
  type PrivateKeyJwtOptions,
} from "./protocol/client-auth.ts"
export { Discovery, discoveryLayer, fixedDiscoveryLayer } from "./protocol/discovery.ts"
export type { DpopKey, NonceAnswer, ProvenRequest } from "./protocol/dpop.ts"
export { dpopKey, type DpopKeyOptions, type DpopKeyPair, generateDpopKey } from "./protocol/dpop-key.ts"
export { endSessionUrl, type EndSessionOptions } from "./protocol/end-session.ts"
export type { ExtraParams } from "./protocol/extra-params.ts"
export { introspect, type Introspection } from "./protocol/introspection.ts"
export { type IncomingRequest, isSameOrigin } from "./protocol/same-origin.ts"
export { revoke } from "./protocol/revocation.ts"
export type { TokenHint } from "./protocol/token-hint.ts"
export { userinfo, type Userinfo, type UserinfoOptions } from "./protocol/userinfo.ts"
export type { Pushed } from "./protocol/pushed-authorization-request.ts"
export type { Secret } from "./protocol/secret.ts"
export type { PrivateKey, PrivateKeyOptions } from "./protocol/signing-key.ts"

export type { Algorithm } from "./jws/algorithm.ts"

export { makeVerifier, type Verifier } from "./verify/access-token.ts"
export { type Authorized, type Authorizer, type Caller, makeAuthorizer } from "./verify/authorize.ts"
export type { AuthorizeOptions, AuthorizePolicy } from "./verify/authorize-options.ts"
export { type Confirmation, confirmationOf } from "./verify/confirmation.ts"
export { dpopBinding, type DpopPolicy } from "./verify/dpop-binding.ts"
export { type DpopNonceOptions, dpopNonces, type DpopNonceMaker } from "./verify/dpop-nonce.ts"
export type { DpopVerifierOptions, ReplayStore } from "./verify/dpop-options.ts"
export { type DpopRequest, type DpopVerifier, makeDpopVerifier } from "./verify/dpop-proof.ts"
export type { Verified } from "./verify/verified.ts"
export type { Profile } from "./verify/check-claims.ts"
export { type ClaimsSchema, readClaims } from "./verify/claims-schema.ts"
export { type IdTokenVerifier, type IdTokenVerifierOptions, makeIdTokenVerifier } from "./verify/id-token.ts"
export type { ExpectedIdToken } from "./verify/id-token-parser.ts"
export { introspection, type IntrospectionOptions } from "./verify/introspected-token.ts"
export { issuerKeys, type IssuerKeysOptions } from "./verify/issuer-keys.ts"
export { jwks } from "./verify/jwks.ts"
export type { KeySource } from "./verify/key-source.ts"
export { type Problem, problemBody } from "./verify/problem.ts"
export { type ProtectedResource, protectedResourceMetadata, protectedResourceUrl } from "./verify/protected-resource.ts"
export { outageOf } from "./verify/outage.ts"
export type { Refusal } from "./verify/refusal.ts"
export { explainRefusal, type RefusalCode } from "./verify/explain-refusal.ts"
export type { RefusalReason } from "./verify/refusal-reason.ts"
export {
  claimRequired,
  type ClaimTest,
  type FreshLogin,
  freshLoginRequired,
  type Requirement,
  scopesRequired,
} from "./verify/requirements.ts"
export { secret, type SecretInput } from "./verify/secret.ts"
export type { SenderBinding } from "./verify/sender.ts"
export { type TokenCookie, tokenCookie, type TokenCookieOptions } from "./verify/token-cookie.ts"
export type { TokenOrigin, TokenOrigins } from "./verify/token-verifier.ts"
export type { TrustedIssuer } from "./verify/trusted-issuer.ts"
export { type FindIssuer, tenants, type TenantsOptions, trustedIssuers } from "./verify/trusted-issuers.ts"
export {
  type VerifiedTokenCache,
  verifiedTokenCache,
  type VerifiedTokenCacheOptions,
} from "./verify/verified-token-cache.ts"
export type { VerifierOptions } from "./verify/verifier-options.ts"

export type { Flow, Replay, Warning } from "./acquire/flow.ts"
export { type ChainAnswered, type FailedLink, ChainListener } from "./acquire/chain-listener.ts"
export { firstOf } from "./acquire/first-of.ts"
export { clientCredentials } from "./acquire/client-credentials.ts"
export {
  authorizationCode,
  beginAuthorization,
  type BeginAuthorizationOptions,
  completeAuthorization,
} from "./acquire/authorization-code.ts"
export type { AuthorizationTransaction } from "./acquire/authorization-transaction.ts"
export type { BeginOptions, Begun } from "./acquire/begin.ts"
export type { CompleteOptions, Login as CompletedLogin } from "./acquire/complete.ts"
export { beginImplicit, type BeginImplicitOptions, completeImplicit, implicit } from "./acquire/implicit.ts"
export {
  beginDeviceAuthorization,
  decodeDeviceAuthorization,
  type DeviceAuthorization,
  encodeDeviceAuthorization,
} from "./acquire/device-authorization.ts"
export { deviceCode, type DeviceCodeOptions, type DevicePoll } from "./acquire/device-code.ts"
export { completeDeviceAuthorization, type CompleteDeviceOptions } from "./acquire/complete-device.ts"
export { decodeTransaction, encodeTransaction } from "./acquire/authorization-transaction-json.ts"
export { refreshTokenWarnings } from "./acquire/no-refresh-token.ts"
export { entraOnBehalfOf } from "./acquire/on-behalf-of.ts"
export { password, type PasswordOptions } from "./acquire/password.ts"
export { signedIdTokens } from "./acquire/signed-id-tokens.ts"
export { refreshToken, type RefreshTokenOptions } from "./acquire/refresh-token.ts"
export { securityToken, type SecurityToken, type SecurityTokenOptions } from "./acquire/security-token.ts"
export { supplied, type SuppliedOptions, type SuppliedToken, type Supply } from "./acquire/supplied.ts"
export { tokenExchange, type TokenExchangeOptions } from "./acquire/token-exchange.ts"
export {
  type AssertionSource,
  jwtBearer,
  providedBy,
  selfSigned,
  type SelfSignedOptions,
} from "./acquire/jwt-bearer.ts"

export { legacyDelegation, type LegacyDelegationOptions } from "./legacy/delegation.ts"
export { delegationCredentials } from "./legacy/delegation-credentials.ts"
export {
  type HashLogin,
  type HashRefused,
  type LocationHash,
  type LocationHashOptions,
  type PendingLogin,
  readLocationHash,
  verifyLocationHash,
} from "./legacy/location-hash.ts"
export { oauthRo, oauthRoAssertion, type OauthRoAssertionOptions, type OauthRoOptions } from "./legacy/oauth-ro.ts"

export { type EncryptedOptions, encryptedStore } from "./store/encrypted.ts"
export { derivedKey, type EncryptionKey, encryptionKey } from "./store/encryption-key.ts"
export { type KeyValueOptions, type KeyValueStorage, keyValueStore, makeKeyValueStore } from "./store/key-value.ts"
export {
  Lock,
  type LockOptions,
  lockTimeout,
  lockTimes,
  makeMemoryLock,
  memoryLockLayer,
  underLock,
} from "./store/lock.ts"
export { type Lease, type LeasedWork, underLease } from "./store/leased-lock.ts"
export {
  makeMemoryStore,
  type MemoryOptions,
  memoryStoreLayer,
  type PutOptions,
  type RemoveOptions,
  type Stored,
  TokenStore,
} from "./store/token-store.ts"

export { type CheckScopes, makeScopeCheck } from "./provide/granted-scopes.ts"
export { type EndedLogin, Login, loginLayer, type LoginOptions, makeLogin } from "./provide/login.ts"
export type { CurrentLogin } from "./provide/login-record.ts"
export { isHeld, type LoginFacts, type LoginStatus, loginStatus } from "./provide/login-status.ts"
export type { Renewal } from "./provide/renew-login.ts"
export { orRevoked, revokeQuietly } from "./protocol/revoke-quietly.ts"
export {
  makeTokenProvider,
  TokenProvider,
  tokenProviderLayer,
  type TokenProviderOptions,
} from "./provide/token-provider.ts"
export { type TokenAtHand, tokensAtHand } from "./provide/tokens-at-hand.ts"

export {
  type DelegateOptions,
  Delegation,
  delegationLayer,
  type DelegationOptions,
  makeDelegation,
} from "./delegate/delegation.ts"
export type { DelegationPolicy } from "./delegate/policy.ts"
export { type Delegated, type DelegationWire, exchangeWire, legacyWire, entraWire } from "./delegate/wire.ts"

export { ApiClient, apiClientLayer, type Apis, makeApiClient } from "./call/api-client.ts"
export { authorizationHeader } from "./call/authorization-header.ts"
export { type StepUp, stepUpOf } from "./call/challenge.ts"

export type { ForwardedRequest } from "./call/forward.ts"
export type { ForwardedHeadersOptions } from "./call/forwarded-headers.ts"
export { type FetchInput, type RequestParts, requestParts, signalOf } from "./call/request-parts.ts"

export type { CookieKeys } from "./session/cookie-seal.ts"
export type { OpenSessionOptions } from "./session/open-session.ts"
export type { Problem as WebProblem } from "./session/problem-page.ts"
export { Session } from "./session/session.ts"
export type { BeginSignInOptions } from "./session/sign-in.ts"
export type { WebLoginPaths } from "./session/web-login-options.ts"
export type { WebRequest } from "./session/web-request.ts"

export { startAuthorizer } from "./promise/authorizer.ts"
export { type NetworkChoice, networkContext } from "./promise/network-context.ts"
export { BearerError, type BearerErrorCode, type BearerErrorDetails, toBearerError } from "./promise/bearer-error.ts"
export { checkClient, type ClientIdentity } from "./promise/check-client.ts"
export { checkTargets } from "./promise/check-targets.ts"
export { safeHook, type Warn, makeWarn } from "./promise/hook.ts"
export { dpop, type DpopOptions } from "./promise/dpop.ts"
export type { NetworkOptions } from "./promise/network-options.ts"
export { type Credential, toCredential } from "./promise/credential.ts"
export { makeRunner, type Runner, type RunOptions } from "./promise/runner.ts"
export { storageLayer } from "./promise/storage-layer.ts"
export { encryptedStorage, memoryStorage, type TokenCache, type TokenStorage } from "./promise/token-storage.ts"
export {
  cookieSessions,
  type CookieSessionsConfig,
  type SessionStorage,
  storedSessions,
} from "./promise/session-storage.ts"
export {
  type OpenedRequest,
  type PostedRequest,
  startWebLogin,
  type WebLogin,
  type WebLoginConfig,
  type WebLoginRoute,
} from "./promise/web-login.ts"
export type { Header, Reply } from "./promise/web-reply.ts"
export { WebSession } from "./promise/web-session.ts"
export {
  type Delegator,
  type Forward,
  type OnBehalfOf,
  type OnBehalfOfConfig,
  startDelegator,
} from "./promise/on-behalf-of.ts"
export { bearer, type Subject, type SubjectToken } from "./promise/subject.ts"
