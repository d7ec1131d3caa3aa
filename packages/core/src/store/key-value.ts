import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StoreError, type StoreUnavailable } from "../errors/store-error.ts"
import { unlessAborted } from "../http/unless-aborted.ts"
import { after, isPromise, type MaybePromise } from "../model/maybe-promise.ts"
import { randomText } from "../protocol/random.ts"
import { decodeEntry, encodeEntry, type Entry, maxEntryLength } from "./key-value-entry.ts"
import { type PutOptions, TokenStore } from "./token-store.ts"

/** The part of `Storage` (such as `localStorage`) that is used; its methods may also return promises. */
export interface KeyValueStorage {
  readonly getItem: (key: string) => MaybePromise<string | null | undefined>
  readonly setItem: (key: string, value: string) => unknown
  readonly removeItem: (key: string) => unknown
}

/** Options of `keyValueStore`. */
export interface KeyValueOptions {
  /** The prefix of every key, so that others can use the same storage. @default "bearerkit:" */
  readonly prefix?: string | undefined
}

/**
 * Keeps tokens in anything like a `Storage`. A malformed entry counts as missing.
 *
 * With a synchronous storage, a write that expects a version is atomic among all users of the storage in one thread.
 * With an asynchronous one this layer runs one write per key at a time; another process or layer may still interfere,
 * and so may a write that had no answer within 5 seconds and arrives later. Neither holds across tabs or machines: use
 * a lock there.
 *
 * @param storage evaluated at each operation, because the access itself may throw (private mode, sandboxed frame)
 *
 * @example keyValueStore(() => sessionStorage)
 */
export const keyValueStore = (storage: () => KeyValueStorage, options: KeyValueOptions = {}): Layer.Layer<TokenStore> =>
  Layer.sync(TokenStore, () => makeKeyValueStore(storage, options))

type Operation = StoreUnavailable["operation"]

/** The service of `keyValueStore`. */
export const makeKeyValueStore = (
  storage: () => KeyValueStorage,
  { prefix = "bearerkit:" }: KeyValueOptions = {},
): TokenStore["Service"] => {
  const inTurn = makeTurns()

  const operate = <A>(
    operation: Operation,
    key: string,
    work: (storage: KeyValueStorage) => MaybePromise<A>,
  ): Effect.Effect<A, StoreError> => {
    const failed = (cause: unknown) => unavailable(operation, detailOf(cause))
    return Effect.suspend(() => {
      const limit = new AbortController()
      const begin = () => inTurn(key, () => unlessAborted(limit.signal, () => work(storage())))
      return Effect.flatMap(Effect.try({ try: begin, catch: failed }), (later) =>
        isPromise(later)
          ? Effect.andThen(abortLate(limit, later), Effect.tryPromise({ try: () => later, catch: failed }))
          : Effect.succeed(later),
      )
    })
  }

  // `after` continues synchronously: reading and writing in one go makes a synchronous storage atomic.
  const remove: TokenStore["Service"]["remove"] = (key, { expected } = {}) =>
    operate("remove", key, (storage) => {
      const gone = () => after(storage.removeItem(prefix + key), () => true)
      if (expected === undefined) return gone()
      return after(storage.getItem(prefix + key), (text) => {
        const current = decodeEntry(text)
        return current === undefined || current.version === expected ? gone() : false
      })
    })

  return {
    get: Effect.fnUntraced(function* (key: string) {
      const entry = decodeEntry(yield* operate("get", key, (storage) => storage.getItem(prefix + key)))
      if (entry === undefined) return undefined
      const { value, version } = entry
      if (isLive(entry, yield* Clock.currentTimeMillis)) return { value, version }
      yield* Effect.exit(remove(key, { expected: version }))
      return undefined
    }),
    put: Effect.fnUntraced(function* (key: string, value: string, { expected, ttl }: PutOptions = {}) {
      const now = yield* Clock.currentTimeMillis
      const text = encodeEntry({ value, version: yield* randomText, endsAt: endOf(ttl, now) })
      if (text.length > maxEntryLength) {
        return yield* unavailable("put", `the value is longer than ${maxEntryLength} characters`)
      }
      return yield* operate("put", key, (storage) => {
        const write = () => after(storage.setItem(prefix + key, text), () => true)
        if (expected === undefined) return write()
        return after(storage.getItem(prefix + key), (text) => {
          const found = decodeEntry(text)
          const current = found !== undefined && isLive(found, now) ? found.version : null
          return current === expected ? write() : false
        })
      })
    }),
    remove,
  }
}

const isLive = ({ endsAt }: Entry, now: number): boolean => endsAt === null || endsAt > now

const endOf = (ttl: Duration.Duration | undefined, now: number): number | null => {
  const end = ttl === undefined ? Infinity : Math.ceil(now + Duration.toMillis(ttl))
  return Number.isSafeInteger(end) ? end : null
}

/** Runs work on a key after the work that is under way there; synchronously if there is none. */
const makeTurns = (): (<A>(key: string, work: () => MaybePromise<A>) => MaybePromise<A>) => {
  const last = new Map<string, PromiseLike<unknown>>()
  return (key, work) => {
    const before = last.get(key)
    const result = before === undefined ? work() : before.then(work, work)
    if (!isPromise(result)) return result
    const leave = () => {
      if (last.get(key) === result) last.delete(key)
    }
    last.set(key, result)
    result.then(leave, leave)
    return result
  }
}

/** The caller may have left: the timeout protects those that are next. */
const abortLate = (limit: AbortController, later: PromiseLike<unknown>): Effect.Effect<void> =>
  Effect.map(Effect.forkDetach(Effect.andThen(Effect.sleep("5 seconds"), abort(limit))), (timer) => {
    const stop = () => timer.interruptUnsafe()
    later.then(stop, stop)
  })

const abort = (limit: AbortController): Effect.Effect<void> =>
  Effect.sync(() => limit.abort(new DOMException("", "TimeoutError")))

const unavailable = (operation: Operation, detail: string | undefined): StoreError =>
  new StoreError({ reason: { _tag: "StoreUnavailable", operation, ...(detail !== undefined && { detail }) } })

/** A code or a name, such as `ENOSPC` or `QuotaExceededError`; never a message, which may quote the value. */
const detailOf = (cause: unknown): string | undefined => {
  if (!(cause instanceof Error)) return undefined
  if ("code" in cause && typeof cause.code === "string") return cause.code.slice(0, 80)
  return detailOf(cause.cause) ?? (cause.name === "Error" ? undefined : cause.name.slice(0, 80))
}
