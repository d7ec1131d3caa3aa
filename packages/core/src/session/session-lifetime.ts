import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { invalidOptions, type SessionError } from "../errors/session-error.ts"
import type { Claims } from "../model/claims.ts"
import type { SessionRecord } from "./session-record.ts"
import { own } from "../model/json.ts"

export interface LifetimeOptions {
  /** How long an unused session lasts. @default 1 day */
  readonly idle?: Duration.Input | undefined
  /** How long a session lasts at most; an ID token's `session_expiry` may end it sooner. @default 7 days */
  readonly absolute?: Duration.Input | undefined
}

/** How long sessions last. */
export interface Lifetime {
  /** Until when a session may be used, in epoch milliseconds. */
  readonly endOf: (record: Pick<SessionRecord, "endsAt" | "seenAt">) => number
  /** The latest end of a session that begins now, in epoch milliseconds. */
  readonly latestEnd: (claims: Claims, now: number) => number
  /** Whether the last write is long enough ago to record that the session is in use. */
  readonly isDue: (record: SessionRecord, now: number) => boolean
}

export const makeLifetime: (options: LifetimeOptions) => Effect.Effect<Lifetime, SessionError> = Effect.fnUntraced(
  function* (options) {
    const idle = yield* millis("idle", options.idle ?? "1 day")
    const absolute = yield* millis("absolute", options.absolute ?? "7 days")
    return {
      endOf: ({ endsAt, seenAt }) => Math.min(endsAt, seenAt + idle),
      latestEnd: (claims, now) => Math.min(now + absolute, expiryOf(claims)),
      isDue: ({ seenAt, endsAt }, now) => now - seenAt > idle / 10 && seenAt + idle < endsAt,
    }
  },
)

/** OpenID Connect Enterprise Extensions §3.1 */
const expiryOf = (claims: Claims): number => {
  const expiry = own(claims, "session_expiry")
  return typeof expiry === "number" && Number.isFinite(expiry) ? Math.max(0, Math.floor(expiry * 1000)) : Infinity
}

const millis = (field: string, input: Duration.Input): Effect.Effect<number, SessionError> => {
  const duration = Option.map(Duration.fromInput(input), Duration.toMillis)
  if (Option.isNone(duration) || !Number.isFinite(duration.value) || duration.value <= 0) {
    return invalidOptions(field, "must be a duration")
  }
  return Effect.succeed(Math.floor(duration.value))
}
