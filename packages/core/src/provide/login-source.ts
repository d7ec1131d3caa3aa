import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { audienceOf, whose } from "../acquire/acquisition.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { Lock } from "../store/lock.ts"
import { observedStore } from "../store/observed-store.ts"
import { TokenStore } from "../store/token-store.ts"
import { count, inSpan } from "../telemetry/telemetry.ts"
import { freshSet, setKey } from "./login-record.ts"
import { type LoginStore, makeLoginStore } from "./login-store.ts"
import { makeRenewLogin } from "./renew-login.ts"
import type { TokenSource } from "./token-source.ts"

export interface LoginOptions {
  readonly client: Client
  /** Under which name the store keeps this login; two people's logins have two. */
  readonly key: string
}

export interface LoginSource extends TokenSource {
  readonly logins: LoginStore
}

/**
 * Token sets of a login: one refresh token serves every target, and one renewal at a time spends it. A renewal that has
 * begun is finished although nobody waits for it any more, because its answer cannot be had twice.
 */
export const makeLoginSource: (
  options: LoginOptions,
) => Effect.Effect<LoginSource, never, Discovery | Http | Lock | TokenStore> = Effect.fnUntraced(function* (options) {
  const logins = makeLoginStore(observedStore(yield* TokenStore), options.key)
  const lock = yield* Lock
  const network = yield* Effect.context<Discovery | Http>()
  const renewLogin = makeRenewLogin(logins, options.client)

  const renewal = (target: Target, refused: Token | undefined) =>
    inSpan(lock.withLock(`renew:${options.key}`, Effect.provideContext(renewLogin(target, refused), network)), {
      name: "oauth.renew_login",
      attributes: { ...whose(options.client), audience: audienceOf(target) },
    })

  return {
    logins,
    obtain: Effect.fnUntraced(function* (target: Target, refused: Token | undefined) {
      const stored = yield* logins.read
      const kept = stored && (yield* freshSet(stored.record, setKey(target, options.client), refused))
      if (kept !== undefined) {
        yield* count("cache_hit", { level: "store" })
        return kept
      }
      return yield* Fiber.join(yield* Effect.forkDetach(renewal(target, refused)))
    }),
  }
})
