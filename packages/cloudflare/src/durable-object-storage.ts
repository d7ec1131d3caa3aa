import {
  type AcquireError,
  invalidOptions,
  type Lease,
  Lock,
  lockTimes,
  type PutOptions,
  type RemoveOptions,
  StoreError,
  type StoreReason,
  type TokenStorage,
  TokenStore,
  underLease,
} from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { TokenObjectCalls, TokenObjects } from "./token-object-calls.ts"

/** Options of `durableObjectStorage`. */
export interface DurableObjectStorageOptions {
  /** Milliseconds for one call. @default 5000 */
  readonly timeout?: number | undefined
  /**
   * Milliseconds after which an unresponsive holder of a lock counts as dead and another takes over; at least twice
   * `timeout`. @default 10000
   */
  readonly deadAfter?: number | undefined
}

/**
 * Keeps sessions and tokens in Durable Objects of the class `TokenObject`, one each, with a lock for its renewal: one
 * renewal at a time across all isolates.
 *
 * @example webLogin({ sessions: storedSessions({ storage: durableObjectStorage(env.SESSIONS) }) })
 */
export const durableObjectStorage = (
  objects: TokenObjects,
  { timeout = 5000, deadAfter = 10_000 }: DurableObjectStorageOptions = {},
): TokenStorage => {
  const services = Effect.suspend((): Effect.Effect<Context.Context<Lock | TokenStore>, AcquireError> => {
    if (!(timeout > 0 && timeout < Infinity)) return invalidOptions("timeout", "must be above 0")
    if (!(deadAfter >= 2 * timeout)) return invalidOptions("deadAfter", "must be at least twice the timeout")
    const call = makeCall(objects, timeout)
    return Effect.succeed(Context.make(TokenStore, makeStore(call)).pipe(Context.add(Lock, makeLock(call, deadAfter))))
  })
  return { services }
}

const makeStore = (call: Call): TokenStore["Service"] => ({
  get: (key) => call("get", key, (object) => object.read()),
  put: (key, value, { expected, ttl = Duration.infinity }: PutOptions = {}) =>
    Effect.suspend(() => {
      const kept = { value, version: crypto.randomUUID(), ttl: Duration.toMillis(ttl) }
      return call("put", key, (object) => object.write(kept, expected))
    }),
  remove: (key, { expected }: RemoveOptions = {}) => call("remove", key, (object) => object.remove(expected)),
})

/** No local queue: on Workers a request must not wait for another, so each asks by itself. */
const makeLock = (call: Call, deadAfter: number): Lock["Service"] => ({
  withLock: (name, work, options = {}) =>
    Effect.suspend(() => {
      const owner = crypto.randomUUID()
      const { wait, lease: limit } = lockTimes(options)
      const lease: Lease = {
        take: call("lock", name, (object) => object.take(owner, deadAfter)),
        extend: call("lock", name, (object) => object.extend(owner, deadAfter)),
        release: call("lock", name, (object) => object.release(owner)),
        deadAfter,
      }
      return underLease(lease, { work, wait, limit })
    }),
})

type Operation = Extract<StoreReason, { readonly _tag: "StoreUnavailable" }>["operation"]

type Call = <A>(
  operation: Operation,
  name: string,
  ask: (object: TokenObjectCalls) => A | Promise<A>,
) => Effect.Effect<A, StoreError>

const makeCall =
  (objects: TokenObjects, timeout: number): Call =>
  (operation, name, ask) => {
    const unavailable = (detail: string) => new StoreError({ reason: { _tag: "StoreUnavailable", operation, detail } })
    return Effect.tryPromise({
      // a new stub for each attempt: one that has failed stays broken
      try: async () => ask(objects.get(objects.idFromName(objectName(name))) as TokenObjectCalls),
      catch: (cause) => cause,
    }).pipe(
      Effect.retry({ while: isPassing, times: 2 }),
      Effect.mapError((cause) => unavailable(isOverloaded(cause) ? "overloaded" : "the object gave no answer")),
      Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(unavailable("no answer in time")) }),
    )
  }

/** The lock of a value is in the object of the value. Printable: UTF-8 alone makes all lone surrogates equal. */
const objectName = (name: string): string => JSON.stringify(name.replace(/^renew:/, "")).slice(1, -1)

/** By the properties of the platform's errors. */
const isPassing = (cause: unknown): boolean =>
  cause instanceof Error && "retryable" in cause && cause.retryable === true && !isOverloaded(cause)

const isOverloaded = (cause: unknown): boolean =>
  cause instanceof Error && "overloaded" in cause && cause.overloaded === true
