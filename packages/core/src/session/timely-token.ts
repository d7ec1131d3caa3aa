import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { keepAlive } from "../http/background.ts"
import { timeFrom } from "../http/clock.ts"
import { waitingStill } from "../http/retry-after.ts"
import type { TargetInput } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { TokenProvider } from "../provide/token-provider.ts"

/** A token for a page that works without one: soon, or not at all. */
export type TimelyToken = (target: TargetInput) => Effect.Effect<Token, Failure>

/**
 * Waits two seconds for a provider's token; the request continues in the background. After a failure nobody waits for a
 * pause, as long as the failures have lasted, from one second to half a minute.
 */
export const makeTimelyToken: (
  provider: TokenProvider["Service"],
  client: Client,
) => Effect.Effect<TimelyToken, never, Scope.Scope> = Effect.fnUntraced(function* (provider, { issuer }) {
  const clock = yield* Clock.Clock
  const scope = yield* Scope.Scope
  let pause: Pause | undefined

  /** Concurrent failures count as one. */
  const rest = (error: Failure, shortest: Duration.Duration): void => {
    const now = pause?.now ?? timeFrom(clock)
    const since = pause?.since ?? now()
    const wait = Math.min(Math.max(now() - since, Duration.toMillis(shortest)), Duration.toMillis(longest))
    pause = { error, since, saidAt: now(), until: now() + wait, now }
  }
  const attempt = (target: TargetInput) =>
    provider.token(target).pipe(
      Effect.tap(() => Effect.sync(() => (pause = undefined))),
      Effect.tapError((error) => Effect.sync(() => rest(error, first))),
    )
  const giveUp = Effect.suspend(() => {
    const error = new AcquireError({ reason: { _tag: "TimedOut", url: issuer, after: patience } })
    rest(error, underWay)
    return Effect.fail(error)
  })

  return (target) =>
    Effect.suspend(() =>
      pause !== undefined && pause.now() < pause.until
        ? Effect.fail(stillSaid(pause))
        : soon(attempt(target), scope, giveUp),
    )
})

const soon = Effect.fnUntraced(function* (
  attempt: Effect.Effect<Token, Failure>,
  scope: Scope.Scope,
  giveUp: Effect.Effect<never, Failure>,
) {
  const fiber = yield* Effect.forkIn(attempt, scope)
  yield* keepAlive(fiber)
  return yield* Effect.timeoutOrElse(Fiber.join(fiber), { duration: patience, orElse: () => giveUp })
})

type Failure = AcquireError | StoreError

interface Pause {
  readonly error: Failure
  /** When the failures began. */
  readonly since: number
  readonly saidAt: number
  readonly until: number
  readonly now: () => number
}

/** Of a wait that the issuer asks for, only the rest. */
const stillSaid = ({ error, saidAt, now }: Pause): Failure =>
  error._tag === "AcquireError" ? new AcquireError({ reason: waitingStill(error.reason, now() - saidAt) }) : error

const patience = /*#__PURE__*/ Duration.seconds(2)
const first = /*#__PURE__*/ Duration.seconds(1)
/** The maximum time of a request to the issuer; its outcome ends or sets the pause. */
const underWay = /*#__PURE__*/ Duration.seconds(10)
const longest = /*#__PURE__*/ Duration.seconds(30)
