import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Flow } from "../acquire/flow.ts"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import { presentedToken, type Token, type TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { TokenStore } from "../store/token-store.ts"
import { cacheKey, storeKey } from "./cache-key.ts"
import { usableUntil } from "./freshness.ts"
import { keptTokens } from "./kept-tokens.ts"
import { acquireWithRetries } from "./renewal.ts"

export interface TokenProviderOptions {
  readonly client: Client
  readonly flow: Flow
}

/** Answers "a usable token for this target": kept and fresh, else acquired, once for all who ask at the same time. */
export class TokenProvider
  extends /*#__PURE__*/ Context.Service<
    TokenProvider,
    {
      readonly token: (target: TargetInput) => Effect.Effect<Token, AcquireError>
      /** A token other than the one an API has refused; acquired only if nobody has replaced that one yet. */
      readonly renew: (target: TargetInput, refused: Token) => Effect.Effect<Token, AcquireError>
    }
  >()("@bearerkit/core/TokenProvider")
{
  static readonly layer = (
    options: TokenProviderOptions,
  ): Layer.Layer<TokenProvider, never, Discovery | Http | SingleFlight | TokenStore> =>
    /*#__PURE__*/ Layer.effect(TokenProvider, makeProvider(options))
}

/** Targets whose tokens are kept at hand. */
const capacity = 10_000

const makeProvider = Effect.fnUntraced(function* ({ client, flow }: TokenProviderOptions) {
  const kept = keptTokens(yield* TokenStore)
  const singleFlight = yield* SingleFlight

  const obtain = Effect.fnUntraced(function* (target: Target) {
    const key = yield* storeKey(cacheKey(client, flow, target))
    const stored = yield* kept.read(key)
    if (stored !== undefined && usableUntil(stored) > (yield* Clock.currentTimeMillis)) return stored
    const set = yield* acquireWithRetries(flow, client, target)
    yield* kept.write(key, set)
    return set
  })
  // a target is its own key: parsed ones are equal exactly when their JSON is
  const flights = yield* singleFlight.make({
    capacity,
    lookup: (key: string) => obtain(JSON.parse(key) as Target),
    expiresAt: usableUntil,
  })

  const token = Effect.fnUntraced(function* (input: TargetInput) {
    return presentedToken(yield* flights.get(JSON.stringify(yield* checked(input))))
  })
  const renew = Effect.fnUntraced(function* (input: TargetInput, refused: Token) {
    const target = yield* checked(input)
    const isRefused = (set: TokenSet): boolean => sameToken(presentedToken(set), refused)
    yield* kept.forget(yield* storeKey(cacheKey(client, flow, target)), isRefused)
    yield* flights.invalidateWhen(JSON.stringify(target), isRefused)
    return yield* token(input)
  })
  return { token, renew }
})

const checked = (input: TargetInput): Effect.Effect<Target, AcquireError> => {
  const target = parseTarget(input)
  if (Result.isSuccess(target)) return Effect.succeed(target.success)
  return Effect.fail(invalidOptions(target.failure.field, target.failure.problem))
}

const sameToken = (one: Token, other: Token): boolean => Redacted.value(one.value) === Redacted.value(other.value)
