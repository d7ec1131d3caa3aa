import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Flow } from "../acquire/flow.ts"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { keepAlive } from "../http/background.ts"
import type { Http } from "../http/client.ts"
import { timeFrom } from "../http/clock.ts"
import { randomFraction } from "../http/retry.ts"
import { SingleFlight } from "../http/single-flight.ts"
import type { TargetInput } from "../model/target.ts"
import { presentedToken, type Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { DpopKey } from "../protocol/dpop.ts"
import type { Discovery } from "../protocol/discovery.ts"
import type { TokenStore } from "../store/token-store.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import { makeFlowSource } from "./flow-source.ts"
import { freshnessOf } from "./freshness.ts"
import { makeNegativeCache } from "./negative-cache.ts"
import { makeTargetKeys, targetOf } from "./target-key.ts"
import { makeTokenMemory, type TokenMemory } from "./token-memory.ts"
import type { TokenSource } from "./token-source.ts"

/** Options of `tokenProviderLayer`. */
export interface TokenProviderOptions {
  readonly client: Client
  readonly flow: Flow
}

/**
 * Provides "a usable token for this target": cached and fresh, else stored, else new, with one request for all
 * concurrent callers. A token that is about to expire is handed out at once and renewed in the background.
 */
export class TokenProvider
  extends /*#__PURE__*/ Context.Service<
    TokenProvider,
    {
      readonly token: (target: TargetInput) => Effect.Effect<Token, AcquireError | StoreError>
      /** A token other than the one that an API refused; acquired only if that one has not been replaced yet. */
      readonly renew: (target: TargetInput, refused: Token) => Effect.Effect<Token, AcquireError | StoreError>
      /** A fresh cached token, if any: a plain function, for callers that count microseconds. */
      readonly peek: (target: TargetInput) => Token | undefined
      /** The cached tokens, by target key; `tokensAtHand` describes them. */
      readonly held: TokenMemory["entries"]
      /** The key that its tokens are bound to. */
      readonly dpop?: DpopKey | undefined
      /** Drops every cached token, and the results of requests under way. */
      readonly forget: Effect.Effect<void>
    }
  >()("@bearerkit/core/TokenProvider") {}

/** A provider over a flow that can be run again at any time. */
export const tokenProviderLayer = (
  options: TokenProviderOptions,
): Layer.Layer<TokenProvider, never, Discovery | Http | SingleFlight | TokenStore> =>
  Layer.effect(TokenProvider, makeTokenProvider(options))

/** The service of `tokenProviderLayer`. */
export const makeTokenProvider = ({ client, flow }: TokenProviderOptions) =>
  Effect.flatMap(makeFlowSource(client), (sourceOf) => makeProvider(sourceOf(flow), client))

/** The maximum number of targets with cached tokens. */
const capacity = 10_000

const inMemory = { level: "memory" }
const ofTokens = { work: "token" }

/** Another person who has signed in since need not wait. */
const subjectOf = (flight: string): string => flight.slice(0, flight.indexOf(" "))

export interface ProviderOptions extends Pick<Client, "dpop"> {
  /** Whether a token that is about to expire is renewed in the background. @default true */
  readonly ahead?: boolean
}

/** A provider over any source; its background work ends with its scope. */
export const makeProvider: (
  source: TokenSource,
  options: ProviderOptions,
) => Effect.Effect<TokenProvider["Service"], never, Scope.Scope | SingleFlight> = Effect.fnUntraced(function* (
  source,
  { dpop, ahead = true },
) {
  const clock = yield* Clock.Clock
  const scope = yield* Scope.Scope
  const telemetry = yield* Telemetry
  const memory = makeTokenMemory(capacity)
  const keys = makeTargetKeys(capacity)
  const negative = makeNegativeCache(clock, capacity)

  const lookup = (flight: string) =>
    Effect.suspend(() => {
      const key = flight.slice(flight.indexOf(" ") + 1)
      const generation = memory.generation()
      const obtained = Effect.map(source.obtain(targetOf(key), memory.refused(key)), (set) => {
        const token = { ...presentedToken(set), login: set.login }
        memory.put(key, { token, now: timeFrom(clock), ...freshnessOf(set, randomFraction()) }, generation)
        return token
      })
      return Effect.tapError(obtained, (error) => Effect.sync(() => negative.learn(subjectOf(flight), flight, error)))
    })
  const joined = () => telemetry.count("coalesced", ofTokens)
  // flights keep nothing: their results are in the memory
  const flights = yield* (yield* SingleFlight).make({ capacity, lookup, expiresAt: () => 0, saved: joined })
  const fly = (key: string): Effect.Effect<Token, AcquireError | StoreError> =>
    Effect.suspend(() => {
      const flight = `${memory.generation()} ${key}`
      const refusal = negative.holds(subjectOf(flight), flight)
      return refusal === undefined ? flights.get(flight) : Effect.fail(refusal)
    })

  const withKey = (target: TargetInput, use: (key: string) => Effect.Effect<Token, AcquireError | StoreError>) =>
    Effect.suspend(() => {
      const key = keys.keyOf(target)
      if (Result.isSuccess(key)) return use(key.success)
      return Effect.fail(invalidOptions(key.failure.field, key.failure.problem))
    })

  return {
    dpop,
    held: memory.entries,
    peek: (target) => {
      const key = keys.keyOf(target)
      const held = Result.isSuccess(key) ? memory.get(key.success) : undefined
      if (held === undefined || held.soft <= held.now()) return undefined
      telemetry.count("cache_hit", inMemory)
      return held.token
    },
    token: (target) =>
      withKey(target, (key) => {
        const held = memory.get(key)
        if (held === undefined) return fly(key)
        const now = held.now()
        if (held.hard <= now) {
          // a store relies on timestamps alone, and a clock that is set back makes an expired token look fresh
          memory.refuse(key, held.token)
          return fly(key)
        }
        telemetry.count("cache_hit", inMemory)
        if (!ahead || held.soft > now || !memory.beginRenewal(key, now)) return Effect.succeed(held.token)
        telemetry.count("soft_refresh", {})
        const renewal = Effect.map(Effect.forkDetach(Effect.exit(fly(key))), Fiber.runIn(scope))
        return Effect.map(Effect.flatMap(renewal, keepAlive), () => held.token)
      }),
    renew: (target, refused) =>
      withKey(target, (key) => {
        const other = memory.refuse(key, refused)
        return other === undefined ? fly(key) : Effect.succeed(other.token)
      }),
    forget: Effect.sync(memory.clear),
  }
})
