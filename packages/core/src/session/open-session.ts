import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import { SessionError } from "../errors/session-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { freshnessOf } from "../provide/freshness.ts"
import type { TokenProvider } from "../provide/token-provider.ts"
import { warn } from "../telemetry/telemetry.ts"
import { crossSite } from "./csrf.ts"
import type { TimelyToken } from "./timely-token.ts"
import type { SessionView } from "./session.ts"
import type { KeptSession } from "./sessions.ts"
import type { SessionRecord } from "./session-record.ts"
import { cookiesOf } from "./sign-in.ts"
import type { WebLoginPlan } from "./web-login-plan.ts"
import { isNavigation, type WebRequest } from "./web-request.ts"

/** The session of a request. */
export interface OpenedSession {
  /** Absent if nobody is signed in. */
  readonly view: SessionView | undefined
  /** The provider of the session's tokens, for any target. */
  readonly tokens: TokenProvider["Service"] | undefined
  /** Why its tokens could not be renewed now; the session continues. */
  readonly delayed: AcquireError | StoreError | undefined
  /** The `Set-Cookie` lines for the response; run it once, at the end. */
  readonly settle: Effect.Effect<ReadonlyArray<string>, SessionError>
}

/** Options of opening a session. */
export interface OpenSessionOptions {
  /** Refuses cross-site requests that may change something and carry the session's cookie. @default true */
  readonly csrf?: boolean | undefined
}

/**
 * Finds the session of a request. Expired tokens are renewed first, once for all requests of the session, and without
 * delaying a request for long; a session ends only if the issuer says that the login is over.
 */
export const openSession: (
  plan: WebLoginPlan,
  request: WebRequest,
  options?: OpenSessionOptions,
) => Effect.Effect<OpenedSession, SessionError | StoreError> = Effect.fnUntraced(function* (
  plan,
  request,
  { csrf = true } = {},
) {
  const cookies = cookiesOf(request)
  const { sessions } = plan
  if (!sessions.isPresent(cookies)) return nobody([])
  const foreign = csrf ? crossSite(request, plan.origin) : undefined
  if (foreign !== undefined) return yield* new SessionError({ reason: foreign })
  const kept = yield* sessions.open(cookies)
  // the response to another tab's script may arrive after that of a login, and would remove its cookie
  if (kept === undefined) return nobody(isNavigation(request) ? sessions.forget(cookies) : [])
  const { provider, timely } = yield* plan.tokens(kept)
  const settle = Effect.catchTag(kept.settle, "StoreError", (error) => Effect.as(warn(error.message), []))
  const renewed = yield* Effect.result(renew(plan, kept, timely))
  if (renewed._tag === "Success") {
    const record = renewed.success
    if (record === undefined) return nobody(sessions.forget(cookies))
    return { view: yield* viewOf(plan, record), tokens: provider, delayed: undefined, settle }
  }
  return { view: yield* viewOf(plan, kept.record), tokens: provider, delayed: renewed.failure, settle }
})

const nobody = (lines: ReadonlyArray<string>): OpenedSession => ({
  view: undefined,
  tokens: undefined,
  delayed: undefined,
  settle: Effect.succeed(lines),
})

const viewOf = ({ targetKey }: WebLoginPlan, record: SessionRecord): Effect.Effect<SessionView> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({ record, targetKey, now }))

/** The session with renewed tokens, if it has any to renew; `undefined` if the issuer has ended it. */
const renew = Effect.fnUntraced(function* (plan: WebLoginPlan, kept: KeptSession, timely: TimelyToken) {
  const { record, entry } = kept
  const set = record.login.sets.get(plan.targetKey)
  if (record.login.refreshToken === undefined) return record
  const now = yield* Clock.currentTimeMillis
  const { soft, hard } = set === undefined ? { soft: 0, hard: 0 } : freshnessOf(set, 0.5)
  const due = plan.sessions.renewsAhead ? soft : hard
  if (now < due) return record
  const token = yield* Effect.result(timely(plan.targetInput))
  if (token._tag === "Success") return now < hard ? record : (yield* entry.read)?.record
  const { failure } = token
  if (failure.reason._tag !== "LoginRequired") return yield* Effect.fail(failure)
  return (yield* entry.read)?.record
})
