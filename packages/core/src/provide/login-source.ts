import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { audienceOf, clientAttributes } from "../acquire/acquisition.ts"
import type { AcquireError } from "../errors/acquire-error.ts"
import { keepAlive } from "../http/background.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { Lock } from "../store/lock.ts"
import { count, inSpan } from "../telemetry/telemetry.ts"
import { freshSet, setKey } from "./login-record.ts"
import type { LoginStore } from "./login-store.ts"
import { makeRenewLogin, type Renewal } from "./renew-login.ts"
import { discovered } from "./renewal.ts"
import type { Obtained, TokenSource } from "./token-source.ts"

/**
 * @param name of the lock for renewals; different for each login
 * @param renewal for a login without refresh token
 */
export type LoginSource = (logins: LoginStore, name: string, renewal?: Renewal) => TokenSource

/**
 * Token sets of logins: one refresh token serves every target, and one renewal at a time spends it. A renewal that has
 * spent it runs to its end even if nobody waits for it, because its answer cannot be fetched twice; closing waits for
 * it.
 */
export const makeLoginSource: (
  client: Client,
) => Effect.Effect<LoginSource, never, Discovery | Http | Lock | Scope.Scope> = Effect.fnUntraced(function* (client) {
  const lock = yield* Lock
  const network = yield* Effect.context<Discovery | Http>()
  const metadata = Effect.provideContext(discovered(client), network)
  const underWay = new Set<Fiber.Fiber<unknown, unknown>>()
  // interrupts renewals that have spent nothing yet, and waits for the others
  yield* Effect.addFinalizer(() => Effect.raceFirst(Fiber.interruptAll(underWay), Effect.sleep(longest)))

  const toTheEnd = (fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> => {
    underWay.add(fiber)
    fiber.addObserver(() => underWay.delete(fiber))
    return keepAlive(fiber)
  }

  return (logins, name, renewal) => {
    const renewLogin = makeRenewLogin(logins, client, renewal)
    const renewed = (target: Target, refused: Token | undefined) =>
      inSpan(lock.withLock(`renew:${name}`, Effect.provideContext(renewLogin(target, refused), network)), {
        name: "oauth.renew_login",
        attributes: { ...clientAttributes(client), audience: audienceOf(target) },
      })

    return {
      obtain: (target, refused) =>
        keptOr(
          logins,
          { key: setKey(target, client), refused, metadata },
          Effect.acquireUseRelease(
            Effect.tap(Effect.forkDetach(renewed(target, refused)), toTheEnd),
            Fiber.join,
            // nobody waits for it any more: interrupt it, unless it is spending the refresh token
            (fiber) => Effect.sync(() => fiber.interruptUnsafe()),
          ),
        ),
    }
  }
})

interface Wanted {
  readonly key: string
  readonly refused: Token | undefined
  /** Fetches what a renewal needs. */
  readonly metadata: Effect.Effect<unknown, AcquireError>
}

const keptOr = Effect.fnUntraced(function* <E>(
  logins: LoginStore,
  { key, refused, metadata }: Wanted,
  renewed: Effect.Effect<Obtained, E>,
) {
  const stored = yield* logins.read
  const kept = stored && (yield* freshSet(stored.record, key, refused))
  if (kept) yield* count("cache_hit", { level: "store" })
  // before the lock: while an issuer hangs nobody has to wait for it
  else if (stored) yield* metadata
  return kept ?? (yield* renewed)
})

/** The maximum time for spending a refresh token and writing its successor. */
const longest = "1 minute"
