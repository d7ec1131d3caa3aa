import { type AcquireError, invalidOptions, Lock, type TokenStorage, TokenStore } from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Address, given, makeOwned, type RedisClient, type Source } from "./client.ts"
import { makeConnection } from "./connection.ts"
import { makeLock } from "./lock.ts"
import { makeTokenStore } from "./token-store.ts"

export interface RedisStorageOptions {
  /** Stands before every key. Clients that share tokens have the same. @default "bearerkit:" */
  readonly prefix?: string | undefined
  /** Milliseconds for one request, the wait for a lost connection included. @default 2000 */
  readonly timeout?: number | undefined
  /**
   * Milliseconds after which the holder of a lock that does not move counts as dead and somebody else takes over; at
   * least twice `timeout`. @default 10000
   */
  readonly deadAfter?: number | undefined
}

export interface RedisOptions extends RedisStorageOptions, Address {}

/**
 * Keeps tokens in Redis, for all processes and machines that ask the same one, and lets one of them renew at a time. The
 * connection is opened by the first use and closed with the client that has it.
 *
 * Redis holds the tokens as they are: put `encryptedStorage` around it unless Redis and the way to it are as private as
 * the tokens.
 *
 * @example createClient({ storage: redis({ url: "rediss://redis.internal:6379" }) })
 */
export const redis = (options: RedisOptions): TokenStorage => {
  const { prefix, timeout = defaultTimeout, deadAfter, ...address } = options
  const owned = Effect.acquireRelease(
    Effect.try({
      try: () => makeOwned(address, timeout),
      // the reason may quote the URL, and with it a password
      catch: () => invalidOptions("url", "is not the address of a Redis, such as rediss://host:6379"),
    }),
    ({ close }) => close,
  )
  return storage(owned, { prefix, timeout, deadAfter })
}

/**
 * The same over a connected client, cluster, pool or sentinel of the package `redis`, which stays yours to close. Make it
 * with a bounded queue: `timeout` here cannot take back what waits there.
 *
 * @example redisOver(await createCluster({ rootNodes }).connect())
 */
export const redisOver = (client: RedisClient, options: RedisStorageOptions = {}): TokenStorage =>
  storage(Effect.succeed(given(client)), options)

const defaultTimeout = 2000

interface Settings {
  readonly prefix?: string | undefined
  readonly timeout?: number | undefined
  readonly deadAfter?: number | undefined
}

const storage = (
  source: Effect.Effect<Source, AcquireError, Scope.Scope>,
  { prefix = "bearerkit:", timeout = defaultTimeout, deadAfter = 10_000 }: Settings,
): TokenStorage => {
  const services = Effect.gen(function* () {
    if (!(timeout > 0 && timeout < Infinity)) return yield* invalidOptions("timeout", "must be above 0")
    if (!(deadAfter >= 2 * timeout)) return yield* invalidOptions("deadAfter", "must be at least twice the timeout")
    const connection = makeConnection(yield* source, timeout)
    const lock = yield* makeLock(connection, { keyOf: keyOf(`${prefix}lock:`), deadAfter })
    const store = makeTokenStore(connection, keyOf(`${prefix}token:`))
    return Context.make(TokenStore, store).pipe(Context.add(Lock, lock))
  })
  return { services }
}

/** Printable, and another one for every key: UTF-8 alone makes all halves of surrogate pairs equal. */
const keyOf =
  (prefix: string) =>
  (key: string): string =>
    prefix + JSON.stringify(key).slice(1, -1)
