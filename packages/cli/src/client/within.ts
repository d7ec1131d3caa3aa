import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import type { ClientOptions } from "../option/client.ts"

/** Limits the time of all attempts together; `missing` completes "The issuer gave no … within". */
export const within = ({ timeout = 30 }: Pick<ClientOptions, "timeout">, missing = "token") =>
  ended(timeout, {
    code: "timeout",
    what: `The issuer gave no ${missing} within ${timeout} s.`,
    fix: "Check that it is running and reachable from here, or pass a longer --timeout.",
    retryable: true,
  })

/** Ends a login after so many seconds. */
export const signedInWithin = (timeout: number) =>
  ended(timeout, {
    code: "transaction_expired",
    what: `Nobody signed in within ${timeout} s.`,
    fix: "Begin the login again, with a longer --timeout if it takes longer.",
  })

const ended =
  (seconds: number, late: ConstructorParameters<typeof CommandError>[0]) =>
  <A, R>(work: Effect.Effect<A, CommandError, R>): Effect.Effect<A, CommandError, R> =>
    Effect.timeoutOrElse(work, {
      duration: Duration.seconds(seconds),
      orElse: () => Effect.fail(new CommandError(late)),
    })
