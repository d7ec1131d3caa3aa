import { type PutOptions, StoreError, TokenStore, within } from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** A database of the page, opened at its first use. */
export interface Database {
  /** Runs requests in one transaction, atomic among all tabs. */
  readonly transact: <A>(
    operation: Operation,
    store: "keys" | "tokens",
    work: (store: IDBObjectStore, done: (value: A) => void) => void,
  ) => Effect.Effect<A, StoreError>
  /** A new value each time the database is opened; `undefined` while it is not. */
  readonly connection: () => unknown
}

type Operation = "get" | "put" | "remove"

interface Entry {
  readonly value: string
  readonly version: string
  /** Epoch milliseconds. */
  readonly endsAt: number
}

/** Keeps tokens in IndexedDB; a write that expects a version is atomic among all tabs. */
export const makeIndexedDbStore = ({ transact }: Database): TokenStore["Service"] => {
  /** Reads the current entry and uses it in the same transaction. */
  const withCurrent = <A>(
    operation: Operation,
    key: string,
    use: (current: Entry | undefined, store: IDBObjectStore) => A,
  ): Effect.Effect<A, StoreError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      transact<A>(operation, "tokens", (store, done) => {
        const request: IDBRequest<Entry | undefined> = store.get(key)
        request.addEventListener("success", () => {
          const entry = request.result
          if (entry !== undefined && entry.endsAt <= now) store.delete(key)
          done(use(entry !== undefined && entry.endsAt > now ? entry : undefined, store))
        })
      }),
    )

  return {
    get: (key) => withCurrent("get", key, (current) => current && { value: current.value, version: current.version }),
    put: Effect.fnUntraced(function* (key: string, value: string, { expected, ttl }: PutOptions = {}) {
      const endsAt = ttl === undefined ? Infinity : (yield* Clock.currentTimeMillis) + Duration.toMillis(ttl)
      return yield* withCurrent("put", key, (current, store) => {
        if (expected !== undefined && expected !== (current?.version ?? null)) return false
        store.put({ value, version: crypto.randomUUID(), endsAt } satisfies Entry, key)
        return true
      })
    }),
    remove: (key, { expected } = {}) =>
      withCurrent("remove", key, (current, store) => {
        if (expected !== undefined && current !== undefined && current.version !== expected) return false
        store.delete(key)
        return true
      }),
  }
}

/** Opens the database again after it was closed, by the browser or for a newer version, or did not answer. */
export const openDatabase = (name: string): Database => {
  let opened: Promise<IDBDatabase> | undefined
  const open = (): Promise<IDBDatabase> => {
    const forget = (): void => {
      opened = undefined
    }
    opened ??= opening(name, forget)
    opened.catch(forget)
    return opened
  }
  /** A connection on which the browser has lost a request answers no other. */
  const giveUp = (silent: Promise<IDBDatabase>): void => {
    if (opened === silent) opened = undefined
    silent.then(
      (late) => late.close(),
      () => {},
    )
  }
  return {
    connection: () => opened,
    transact: (operation, store, work) =>
      Effect.suspend(() => {
        const database = open()
        const answer = Effect.tryPromise({
          try: async () => transaction(await database, store, work),
          catch: (cause) => unavailable(operation, cause),
        })
        return within(patience, answer, () => {
          giveUp(database)
          return Effect.fail(unavailable(operation, "timeout"))
        })
      }),
  }
}

/** Some browsers lose a request after the machine has slept. */
const patience = "5 seconds"

const opening = (name: string, forget: () => void): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.addEventListener("upgradeneeded", () => {
      for (const store of ["keys", "tokens"]) request.result.createObjectStore(store)
    })
    request.addEventListener("error", () => reject(request.error))
    request.addEventListener("blocked", () => reject(new DOMException("blocked", "InvalidStateError")))
    request.addEventListener("success", () => {
      const database = request.result
      database.addEventListener("close", forget)
      database.addEventListener("versionchange", () => {
        database.close()
        forget()
      })
      resolve(database)
    })
  })

const transaction = <A>(
  database: IDBDatabase,
  store: string,
  work: (store: IDBObjectStore, done: (value: A) => void) => void,
): Promise<A> =>
  new Promise((resolve, reject) => {
    let result: A
    const running = database.transaction(store, "readwrite", { durability: "strict" })
    running.addEventListener("complete", () => resolve(result))
    running.addEventListener("abort", () => reject(running.error))
    work(running.objectStore(store), (value) => {
      result = value
    })
  })

const unavailable = (operation: Operation, cause: unknown): StoreError => {
  const detail = cause instanceof Error ? cause.name : typeof cause === "string" ? cause : undefined
  return new StoreError({ reason: { _tag: "StoreUnavailable", operation, ...(detail !== undefined && { detail }) } })
}
