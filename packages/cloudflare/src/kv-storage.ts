import {
  type PutOptions,
  type RemoveOptions,
  type Stored,
  StoreError,
  type StoreReason,
  type TokenCache,
  TokenStore,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type { KeyValues } from "./key-values.ts"

/** Options of `kvStorage`. */
export interface KvStorageOptions {
  /** The prefix of every key. @default "bearerkit:" */
  readonly prefix?: string | undefined
}

/**
 * Keeps tokens that can be acquired again in Workers KV, such as those of `delegation` and `clientCredentials`. A write
 * is visible elsewhere up to a minute later, and KV has no compare-and-set, so it cannot lock or keep logins: it is not
 * a `TokenStorage`. A write that expects a version fails with `StoreUnavailable`.
 *
 * @example delegation({ storage: encryptedStorage(kvStorage(env.TOKENS), { keys: [key] }) })
 */
export const kvStorage = (kv: KeyValues, { prefix = "bearerkit:" }: KvStorageOptions = {}): TokenCache => {
  const keyOf = (key: string) => Effect.map(digestOf(key), (digest) => `${prefix}token:${digest}`)
  return {
    services: Effect.succeed(
      Context.make(TokenStore, {
        get: Effect.fnUntraced(function* (key: string) {
          const name = yield* keyOf(key)
          const entry = entryOf(yield* attempt("get", () => kv.get(name, "text")))
          if (entry === undefined || entry.endsAt <= (yield* Clock.currentTimeMillis)) return undefined
          return { value: entry.value, version: entry.version }
        }),
        put: Effect.fnUntraced(function* (key: string, value: string, { expected, ttl }: PutOptions = {}) {
          if (expected !== undefined) return yield* cannotCompare("put")
          const millis = ttl === undefined ? Infinity : Duration.toMillis(ttl)
          const endsAt = millis === Infinity ? null : (yield* Clock.currentTimeMillis) + millis
          const entry = JSON.stringify({ value, version: crypto.randomUUID(), endsAt })
          const name = yield* keyOf(key)
          const options = millis === Infinity ? {} : { expirationTtl: Math.max(shortest, Math.ceil(millis / 1000)) }
          yield* attempt("put", () => kv.put(name, entry, options))
          return true
        }),
        remove: Effect.fnUntraced(function* (key: string, { expected }: RemoveOptions = {}) {
          if (expected !== undefined) return yield* cannotCompare("remove")
          const name = yield* keyOf(key)
          yield* attempt("remove", () => kv.delete(name))
          return true
        }),
      }),
    ),
  }
}

/** Seconds; the minimum of KV. */
const shortest = 60

/** KV's keys have 512 bytes at most, and are listed without their values. */
const digestOf = (key: string): Effect.Effect<string> =>
  Effect.map(
    // UTF-8 alone makes all lone surrogates equal
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(key)))),
    (digest) => Base64Url.encode(new Uint8Array(digest)),
  )

interface Entry extends Stored {
  readonly endsAt: number
}

/** Parses an entry; malformed text counts as missing. */
const entryOf = (text: string | null): Entry | undefined => {
  if (text === null) return undefined
  try {
    const { value, version, endsAt } = JSON.parse(text) as Partial<Entry>
    if (typeof value !== "string" || typeof version !== "string") return undefined
    return { value, version, endsAt: typeof endsAt === "number" ? endsAt : Infinity }
  } catch {
    return undefined
  }
}

type Operation = Extract<StoreReason, { readonly _tag: "StoreUnavailable" }>["operation"]

const attempt = <A>(operation: Operation, ask: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({ try: ask, catch: () => unavailable(operation, "Workers KV gave no answer") })

const cannotCompare = (operation: Operation): Effect.Effect<never, StoreError> =>
  Effect.fail(unavailable(operation, "Workers KV cannot compare versions: keep logins in durableObjectStorage()"))

const unavailable = (operation: Operation, detail: string): StoreError =>
  new StoreError({ reason: { _tag: "StoreUnavailable", operation, detail } })
