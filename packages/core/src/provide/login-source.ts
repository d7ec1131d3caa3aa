import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { audienceOf, whose } from "../acquire/acquisition.ts"
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
import { makeRenewLogin } from "./renew-login.ts"
import type { TokenSource } from "./token-source.ts"

export interface LoginSourceOptions {
  readonly client: Client
  /** Under which name one renewal at a time runs; two people's logins have two. */
  readonly name: string
}

/**
 * Token sets of a login: one refresh token serves every target, and one renewal at a time spends it. A renewal that has
 * begun is finished although nobody waits for it any more, because its answer cannot be had twice.
 */
export const makeLoginSource: (
  logins: LoginStore,
  options: LoginSourceOptions,
) => Effect.Effect<TokenSource, never, Discovery | Http | Lock> = Effect.fnUntraced(function* (logins, options) {
  const lock = yield* Lock
  const network = yield* Effect.context<Discovery | Http>()
  const renewLogin = makeRenewLogin(logins, options.client)

  const renewal = (target: Target, refused: Token | undefined) =>
    inSpan(lock.withLock(`renew:${options.name}`, Effect.provideContext(renewLogin(target, refused), network)), {
      name: "oauth.renew_login",
      attributes: { ...whose(options.client), audience: audienceOf(target) },
    })

  return {
    obtain: Effect.fnUntraced(function* (target: Target, refused: Token | undefined) {
      const stored = yield* logins.read
      const kept = stored && (yield* freshSet(stored.record, setKey(target, options.client), refused))
      if (kept !== undefined) {
        yield* count("cache_hit", { level: "store" })
        return kept
      }
      return yield* Fiber.join(yield* Effect.tap(Effect.forkDetach(renewal(target, refused)), keepAlive))
    }),
  }
})
