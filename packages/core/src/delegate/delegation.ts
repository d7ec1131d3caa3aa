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

export interface DelegationOptions extends DelegationPolicy {
  readonly client: Client
  readonly wire: DelegationWire
  /** Delegated tokens at hand, and subjects that have to wait. @default 10000 */
  readonly capacity?: number | undefined
}

export interface DelegateOptions {
  /** What kind of token the subject's is. @default "access_token", and "id_token" for the legacy wire */
  readonly subjectType?: SecurityTokenOptions["type"] | undefined
  /**
   * When the subject's token ends, in epoch milliseconds, where that is known.
   *
   * @default what a JWT says of itself; without it what is traded for serves five minutes at most
   */
  readonly expiresAt?: number | undefined
  /** The token of who acts, when that is somebody else than the client. */
  readonly actor?: Secret | undefined
  /** What an API has refused: another token is traded for, unless somebody already has. */
  readonly refused?: Token | undefined
}

/**
 * Trades a subject's token for one that the target accepts: once for all who ask at the same time, kept per subject,
 * actor and target, and never used for longer than the subject's token is known to live.
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

/** Over one client, which acts for others by one wire. @see RFC 8693 */
export const delegationLayer = (
  options: DelegationOptions,
): Layer.Layer<Delegation, never, Discovery | Http | SingleFlight | TokenStore> =>
  Layer.effect(Delegation, makeDelegation(options))

/** What `delegationLayer` has. */
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
    const obtained = Effect.tapError(sourceOf(options.wire(by)).obtain(target, refused), (error) =>
      Effect.sync(() => negative.learn(both, key, error)),
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

/** Milliseconds for which is kept what was got with a token of which nobody knows when it ends. */
const unknownLife = 300_000

const inMemory = { level: "memory" }
const ofTrades = { work: "delegate" }

/** A trade, and the token that it must not bring again. */
interface Trade extends Delegated {
  readonly refused: Token | undefined
}

interface Waiting {
  readonly get: (key: string) => Trade | undefined
  readonly during: <A, E>(key: string, trade: Trade, work: Effect.Effect<A, E>) => Effect.Effect<A, E>
}

/** The tokens of those who wait for a trade, as long as they do: a key bears digests only. */
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

/** What makes a token another one for a trade. */
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
