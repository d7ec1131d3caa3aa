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

/** What a request has of a session. */
export interface OpenedSession {
  /** Nobody is signed in where it is absent. */
  readonly view: SessionView | undefined
  /** Tokens of the session, for any target. */
  readonly tokens: TokenProvider["Service"] | undefined
  /** Why its tokens could not be renewed now, though the session goes on. */
  readonly delayed: AcquireError | StoreError | undefined
  /** The `Set-Cookie` lines for the answer; to be asked for once, at the end. */
  readonly settle: Effect.Effect<ReadonlyArray<string>, SessionError>
}

export interface OpenSessionOptions {
  /** Refuses requests of other sites that may change something and bring the session's cookie. @default true */
  readonly csrf?: boolean | undefined
}

/**
 * Finds who a request is from. Tokens that have ended are renewed first, once for all requests of the session, and
 * without letting a request wait for long; only the issuer's own word that the login is over ends the session.
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
  // the answer to a script of another tab may come behind that of a login, whose cookie it would take away
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

/** The session with tokens that can be used, where it has any to renew; nothing when the issuer has ended it. */
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
