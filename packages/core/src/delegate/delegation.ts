import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { audienceOf, clientAttributes } from "../acquire/acquisition.ts"
import { endingWith, securityToken, type SecurityToken, type SecurityTokenOptions } from "../acquire/security-token.ts"
import { AcquireError } from "../errors/acquire-error.ts"
import { DelegateError, type DelegateReason } from "../errors/delegate-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Http } from "../http/client.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import { presentedToken, type Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Secret } from "../protocol/secret.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { makeFlowSource } from "../provide/flow-source.ts"
import { makeNegativeCache } from "../provide/negative-cache.ts"
import { usableUntil } from "../provide/freshness.ts"
import { presents } from "../provide/token-source.ts"
import type { TokenStore } from "../store/token-store.ts"
import { inSpan, Telemetry } from "../telemetry/telemetry.ts"
import { type DelegationPolicy, refusedTargets } from "./policy.ts"
import type { Delegated, DelegationWire } from "./wire.ts"

/** Options of `delegationLayer`. */
export interface DelegationOptions extends DelegationPolicy {
  readonly client: Client
  readonly wire: DelegationWire
  /** The maximum number of cached delegated tokens, and of remembered failures. @default 10000 */
  readonly capacity?: number | undefined
}

/** Options of one trade. */
export interface DelegateOptions {
  /** The type of the subject's token. @default "access_token", or "id_token" for the legacy wire */
  readonly subjectType?: SecurityTokenOptions["type"] | undefined
  /**
   * When the subject's token expires, in epoch milliseconds.
   *
   * @default the `exp` of a JWT; if unknown, a traded token is used for five minutes at most
   */
  readonly expiresAt?: number | undefined
  /** The token of the actor, if that is not the client. */
  readonly actor?: Secret | undefined
  /** A traded token that an API has refused: a new one is traded for, unless another call already did. */
  readonly refused?: Token | undefined
}

/**
 * Trades a subject's token for one that the target accepts: once for all concurrent callers, cached by subject, actor
 * and target, and never used for longer than the subject's token is known to live.
 */
export class Delegation
  extends /*#__PURE__*/ Context.Service<
    Delegation,
    {
      readonly delegate: (
        subject: Secret,
        target: TargetInput,
        options?: DelegateOptions,
      ) => Effect.Effect<Token, DelegateError | StoreError>
    }
  >()("@bearerkit/core/Delegation") {}

/** Delegation for one client and one wire. @see RFC 8693 */
export const delegationLayer = (
  options: DelegationOptions,
): Layer.Layer<Delegation, never, Discovery | Http | SingleFlight | TokenStore> =>
  Layer.effect(Delegation, makeDelegation(options))

/** The service of `delegationLayer`. */
export const makeDelegation = /*#__PURE__*/ Effect.fnUntraced(function* (options: DelegationOptions) {
  const sourceOf = yield* makeFlowSource(options.client)
  const singleFlight = yield* SingleFlight
  const telemetry = yield* Telemetry
  const { capacity = 10_000 } = options
  const clock = yield* Clock.Clock
  const negative = makeNegativeCache(clock, capacity)
  const waiting = makeWaiting()

  const trade = Effect.fnUntraced(function* (key: string) {
    const delegated = waiting.get(key)
    if (delegated === undefined) return yield* Effect.die("a trade without a subject")
    const [subject, actor, target] = JSON.parse(key) as [string, string, Target]
    const both = `${subject}\n${actor}`
    const refusal = negative.holds(both, key)
    if (refusal !== undefined) return yield* asDelegate(refusal)
    const { refused, ...by } = delegated
    const obtained = Effect.tapError(
      Effect.flatMap(options.wire(by), (flow) => sourceOf(flow).obtain(target, refused)),
      (error) => Effect.sync(() => negative.learn(both, key, error)),
    )
    return yield* inSpan(Effect.mapError(obtained, asDelegate), {
      name: "oauth.delegate",
      attributes: { ...clientAttributes(options.client), audience: audienceOf(target) },
    })
  })
  const trades = yield* singleFlight.make({
    capacity,
    lookup: trade,
    expiresAt: usableUntil,
    saved: (by) => (by === "flight" ? telemetry.count("coalesced", ofTrades) : telemetry.count("cache_hit", inMemory)),
  })

  return {
    delegate: Effect.fnUntraced(function* (subjectToken: Secret, input: TargetInput, choice: DelegateOptions = {}) {
      const target = yield* checked(input)
      const refused = refusedTargets(options, target)
      if (refused !== undefined) return yield* failed({ _tag: "DelegationNotAllowed", targets: refused })
      const { subjectType: type, expiresAt, refused: bad } = choice
      const named = yield* checkedToken(subjectToken, { type, expiresAt })
      const subject = { ...named, expiresAt: named.expiresAt ?? clock.currentTimeMillisUnsafe() + unknownLife }
      const actor = choice.actor === undefined ? undefined : yield* checkedToken(choice.actor)
      const key = JSON.stringify([nameOf(subject), nameOf(actor), target])
      if (bad !== undefined) yield* trades.invalidateWhen(key, (set) => presents(set, bad))
      const set = yield* waiting.during(key, { subject, actor, refused: bad }, trades.get(key))
      return presentedToken(endingWith(subject, set))
    }),
  }
})

/** Milliseconds to keep a token that was obtained with a token of unknown expiry. */
const unknownLife = 300_000

const inMemory = { level: "memory" }
const ofTrades = { work: "delegate" }

/** A trade, and the refused token that it must not return. */
interface Trade extends Delegated {
  readonly refused: Token | undefined
}

interface Waiting {
  readonly get: (key: string) => Trade | undefined
  readonly during: <A, E>(key: string, trade: Trade, work: Effect.Effect<A, E>) => Effect.Effect<A, E>
}

/** The tokens of callers that wait for a trade, while they wait: a key holds only digests. */
const makeWaiting = (): Waiting => {
  const waiting = new Map<string, { readonly delegated: Trade; count: number }>()
  const enter = (key: string, delegated: Trade): void => {
    const entry = waiting.get(key) ?? { delegated, count: 0 }
    entry.count += 1
    waiting.set(key, entry)
  }
  const leave = (key: string): void => {
    const entry = waiting.get(key)
    if (entry !== undefined && (entry.count -= 1) === 0) waiting.delete(key)
  }
  return {
    get: (key) => waiting.get(key)?.delegated,
    during: (key, delegated, work) =>
      Effect.acquireUseRelease(
        Effect.sync(() => enter(key, delegated)),
        () => work,
        () => Effect.sync(() => leave(key)),
      ),
  }
}

const checkedToken = (token: Secret, options?: SecurityTokenOptions): Effect.Effect<SecurityToken, DelegateError> =>
  Effect.mapError(securityToken(token, options), ({ reason }) => new DelegateError({ reason }))

/** The part of a token's identity that matters for a trade. */
const nameOf = (token: SecurityToken | undefined): string =>
  token === undefined ? "" : `${token.digest} ${token.type}`

const checked = (input: TargetInput): Effect.Effect<Target, DelegateError> => {
  const target = parseTarget(input)
  if (Result.isSuccess(target)) return Effect.succeed(target.success)
  return failed({ _tag: "InvalidOptions", ...target.failure })
}

const asDelegate = (error: AcquireError | StoreError): DelegateError | StoreError =>
  error instanceof AcquireError ? new DelegateError({ reason: error.reason }) : error

const failed = (reason: DelegateReason): Effect.Effect<never, DelegateError> =>
  Effect.fail(new DelegateError({ reason }))
