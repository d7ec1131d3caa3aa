import { Lock, storageLayer, TokenStore } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { lockLaws } from "../../../core/test/laws/lock.ts"
import { tokenStoreLaws } from "../../../core/test/laws/token-store.ts"
import { cookie, encryptedIndexedDb, webLocalStorage, webSessionStorage } from "../../src/index.ts"
import { makeWebLock } from "../../src/lock/web-lock.ts"
import { makeIndexedDbStore, openDatabase } from "../../src/storage/indexed-db.ts"
import { collected } from "./law-runner.ts"

let databases = 0
const newDatabase = (): string => `laws-${(databases += 1)}`

const emptied = (): void => {
  localStorage.clear()
  sessionStorage.clear()
  for (const pair of document.cookie.split("; ")) document.cookie = `${pair.split("=")[0]}=; Path=/; Secure; Max-Age=0`
}

const anew = <A, E>(layer: () => Layer.Layer<A, E>): Layer.Layer<A, E> =>
  Layer.unwrap(
    Effect.sync(() => {
      emptied()
      return Layer.fresh(layer())
    }),
  )

const stores: Readonly<Record<string, () => Layer.Layer<TokenStore, unknown>>> = {
  sessionStorage: () => storageLayer(webSessionStorage()),
  localStorage: () => storageLayer(webLocalStorage()),
  cookie: () => storageLayer(cookie()),
  indexedDb: () => Layer.sync(TokenStore, () => makeIndexedDbStore(openDatabase(newDatabase()))),
  encryptedIndexedDb: () => storageLayer(encryptedIndexedDb({ database: newDatabase() })),
}

const webLock = Layer.sync(Lock, makeWebLock)

const locks: Readonly<Record<string, () => Layer.Layer<Lock>>> = {
  webLock: () => webLock,
  "webLock without Web Locks": () => {
    Object.defineProperty(navigator, "locks", { value: undefined, configurable: true })
    return webLock
  },
}

const shared = {
  localStorage: () => storageLayer(webLocalStorage()),
  cookie: () => storageLayer(cookie()),
  encryptedIndexedDb: () => storageLayer(encryptedIndexedDb({ database: "counted" })),
} satisfies Readonly<Record<string, () => Layer.Layer<Lock | TokenStore, unknown>>>

/** Counts up under the lock what all tabs have counted; gives the count at the end. */
const countUp = (name: keyof typeof shared, times: number): Promise<number> =>
  Effect.gen(function* () {
    const [store, lock] = [yield* TokenStore, yield* Lock]
    const next = Effect.gen(function* () {
      const count = Number((yield* store.get("count"))?.value ?? 0) + 1
      yield* store.put("count", String(count))
      return count
    })
    let count = 0
    for (let time = 0; time < times; time++) count = yield* lock.withLock("count", next)
    return count
  }).pipe(Effect.provide(shared[name]()), Effect.runPromise)

export interface Outcome {
  readonly title: string
  readonly failure?: string
}

declare global {
  interface Window {
    countUp: typeof countUp
    runSuite: typeof runSuite
  }
}

/** Runs one suite and tells what came of each law. */
const runSuite = async (name: string): Promise<ReadonlyArray<Outcome>> => {
  collected.length = 0
  const store = stores[name]
  const lock = locks[name]
  if (store !== undefined) tokenStoreLaws(name, anew(store))
  if (lock !== undefined) lockLaws(name, anew(lock))
  const outcomes: Array<Outcome> = []
  for (const { title, body, live } of collected) {
    const effect = live ? body() : Effect.provide(body(), TestClock.layer())
    const exit = await Effect.runPromiseExit(Effect.scoped(effect))
    outcomes.push(Exit.isSuccess(exit) ? { title } : { title, failure: String(exit.cause) })
  }
  return outcomes
}

Object.assign(window, { countUp, runSuite })
