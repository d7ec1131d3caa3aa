import { type AcquireError, invalidOptions, Lock, type TokenStorage, TokenStore } from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Address, given, makeOwned, type RedisClient, type Source } from "./client.ts"
import { makeConnection } from "./connection.ts"
import { makeLock } from "./lock.ts"
import { makeTokenStore } from "./token-store.ts"

/** Options of `redisOver`. */
export interface RedisStorageOptions {
  /** The prefix of every key; the same for clients that share tokens. @default "bearerkit:" */
  readonly prefix?: string | undefined
  /** Milliseconds for one request, including reconnections. @default 2000 */
  readonly timeout?: number | undefined
  /**
   * Milliseconds after which an unresponsive holder of a lock counts as dead and another takes over; at least twice
   * `timeout`. @default 10000
   */
  readonly deadAfter?: number | undefined
}

/** Options of `redis`. */
export interface RedisOptions extends RedisStorageOptions, Address {}

/**
 * Keeps tokens in Redis, shared by all processes and machines, and lets one of them renew at a time. The connection is
 * opened by the first use and closed with the client.
 *
 * Redis holds the tokens in clear text: wrap it with `encryptedStorage` unless Redis and the network path to it are as
 * private as the tokens.
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
 * The same over a connected client, cluster, pool or sentinel of the package `redis`, which you close yourself. Give it
 * a bounded queue: `timeout` cannot remove commands that wait there.
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

/** Printable and unique for every key: UTF-8 alone makes all lone surrogates equal. */
const keyOf =
  (prefix: string) =>
  (key: string): string =>
    prefix + JSON.stringify(key).slice(1, -1)
