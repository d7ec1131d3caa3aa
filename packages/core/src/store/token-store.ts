import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { putNewest } from "../model/put-newest.ts"
import type { StoreError } from "../errors/store-error.ts"

/** A value and its version, to replace it with. */
export interface Stored {
  /** A secret: an encoded token set or session. */
  readonly value: string
  /** Never repeated for this key, not even after a removal. */
  readonly version: string
}

/** When a value is written, and how long it is kept. */
export interface PutOptions {
  /** Write only over this version; `null`: only if absent. Without it: always. */
  readonly expected?: string | null | undefined
  /** The maximum time the value is kept. */
  readonly ttl?: Duration.Duration | undefined
}

/** Which version of a value is removed. */
export interface RemoveOptions {
  /** Remove only this version. Without it: any. */
  readonly expected?: string | undefined
}

/**
 * Keeps token sets between calls and runs. Versions let a logout win over a renewal that is still under way: a `put`
 * that expects a version fails if the value has been removed or replaced.
 */
export class TokenStore
  extends /*#__PURE__*/ Context.Service<
    TokenStore,
    {
      readonly get: (key: string) => Effect.Effect<Stored | undefined, StoreError>
      /** Whether the value was written. */
      readonly put: (key: string, value: string, options?: PutOptions) => Effect.Effect<boolean, StoreError>
      /** Removes the value, or only this version of it; returns whether nothing is left. */
      readonly remove: (key: string, options?: RemoveOptions) => Effect.Effect<boolean, StoreError>
      /**
       * Whether it belongs to this process alone: a provider that caches its tokens anyway need not keep a copy here.
       * @default false
       */
      readonly inProcess?: boolean
    }
  >()("@bearerkit/core/TokenStore") {}

/** Keeps entries in this process; when full, the oldest is evicted. */
export const memoryStoreLayer = (options: MemoryOptions = {}): Layer.Layer<TokenStore> =>
  Layer.sync(TokenStore, () => makeMemoryStore(options))

/** Options of `memoryStoreLayer` and `memoryStorage`. */
export interface MemoryOptions {
  /** The maximum number of entries. @default 10000 */
  readonly capacity?: number | undefined
}

interface Entry extends Stored {
  readonly endsAt: number
}

/** The service of `memoryStoreLayer`. */
export const makeMemoryStore = ({ capacity = 10_000 }: MemoryOptions): TokenStore["Service"] => {
  const entries = new Map<string, Entry>()
  let versions = 0

  /** Uses the entry that has not expired, if any, and the time. */
  const live = <A>(key: string, use: (entry: Entry | undefined, now: number) => A): Effect.Effect<A> =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const entry = entries.get(key)
      if (entry === undefined || entry.endsAt > now) return use(entry, now)
      entries.delete(key)
      return use(undefined, now)
    })

  return {
    inProcess: true,
    get: (key) => live(key, (entry) => entry && { value: entry.value, version: entry.version }),
    put: (key, value, { expected, ttl } = {}) =>
      live(key, (current, now) => {
        if (expected !== undefined && expected !== (current?.version ?? null)) return false
        const endsAt = ttl === undefined ? Infinity : now + Duration.toMillis(ttl)
        versions += 1
        putNewest(entries, [key, { value, version: String(versions), endsAt }], capacity)
        return true
      }),
    remove: (key, { expected } = {}) =>
      live(key, (current) => {
        if (expected !== undefined && current !== undefined && current.version !== expected) return false
        entries.delete(key)
        return true
      }),
  }
}
