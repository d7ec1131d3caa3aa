import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { SessionError } from "../errors/session-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { VerifyError } from "../errors/verify-error.ts"
import type { Http } from "../http/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { endSessionUrl } from "../protocol/end-session.ts"
import { removeLogin } from "../provide/login-store.ts"
import { revokeQuietly } from "../protocol/revoke-quietly.ts"
import { crossSite } from "./csrf.ts"
import { loginStoreOf } from "./session-entry.ts"
import { cookiesOf } from "./sign-in.ts"
import type { WebLoginPlan } from "./web-login-plan.ts"
import type { Redirect, WebRequest } from "./web-request.ts"

/**
 * Signs a person out: the session goes first, then its refresh token, and then the person goes to the issuer to end the
 * login there. Only the application's own pages may ask for it.
 *
 * @see OpenID Connect RP-Initiated Logout §2, RFC 7009 §2
 */
export const signOut: (
  plan: WebLoginPlan,
  request: WebRequest,
) => Effect.Effect<Redirect, SessionError | StoreError, Discovery | Http> = Effect.fnUntraced(
  function* (plan, request) {
    const foreign = crossSite(request, plan.origin)
    if (foreign !== undefined) return yield* new SessionError({ reason: foreign })
    const cookies = cookiesOf(request)
    const kept = yield* plan.sessions.open(cookies)
    const refreshToken = kept && (yield* removeLogin(loginStoreOf(kept.entry)))?.refreshToken
    if (refreshToken !== undefined) yield* revokeQuietly(plan.client, refreshToken)
    return {
      location: yield* afterwards(plan, kept?.record.login.idToken),
      cookies: plan.sessions.forget(cookies),
    }
  },
)

const afterwards = ({ client, afterLogout }: WebLoginPlan, idToken: Redacted.Redacted<string> | undefined) =>
  endSessionUrl(client, {
    ...(idToken !== undefined && { idTokenHint: idToken }),
    ...(afterLogout !== undefined && { postLogoutRedirectUri: afterLogout }),
  }).pipe(
    Effect.map(Redacted.value),
    Effect.orElseSucceed(() => afterLogout ?? "/"),
  )

/**
 * Ends the sessions that a logout token names.
 *
 * @param body of the posted form
 * @see OpenID Connect Back-Channel Logout §2.5 to §2.8
 */
export const backChannelLogout: (
  plan: WebLoginPlan,
  body: string,
) => Effect.Effect<void, SessionError | StoreError | VerifyError> = Effect.fnUntraced(function* (plan, body) {
  const { index, used } = plan.sessions
  if (index === undefined) return yield* new SessionError({ reason: noStore })
  const [token, ...more] = new URLSearchParams(body).getAll("logout_token")
  if (token === undefined || more.length > 0) return yield* refused(missing())
  const notice = yield* Effect.catch(plan.logoutTokens.verify(token), refused)
  const now = yield* Clock.currentTimeMillis
  const window = Duration.millis(Math.max(minute, notice.expiresAt - now + 10 * minute))
  const name = `logout ${plan.client.issuer} ${notice.jti}`
  if (yield* used.isUsed(name)) return yield* new SessionError({ reason: { _tag: "LogoutTokenReplayed" } })
  for (const key of yield* index.find(notice)) yield* index.end(key)
  // last, because the issuer retries with the same token if this fails
  yield* used.remember(name, window)
})

const minute = 60_000

const noStore = {
  _tag: "InvalidOptions",
  field: "sessions",
  problem: "keeps sessions in cookies, where they cannot be found without their browsers",
  fix: "Keep sessions with storedSessions().",
} as const

const missing = (): VerifyError =>
  new VerifyError({ reason: { _tag: "MalformedToken", problem: "is not in the form, or there twice" } })

const refused = (error: VerifyError): Effect.Effect<never, SessionError | VerifyError> =>
  Effect.fail(
    error.reason._tag === "KeysUnavailable"
      ? error
      : new SessionError({ reason: { _tag: "LogoutTokenRefused", because: error.reason } }),
  )
