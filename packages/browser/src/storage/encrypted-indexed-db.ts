import { type EncryptionKey, encryptedStorage, type StoreError } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { webLock } from "../lock/web-lock.ts"
import { type Database, indexedDbStore, openDatabase } from "./indexed-db.ts"
import type { BrowserStorage } from "./storage.ts"

export interface EncryptedIndexedDbOptions {
  /** @default "bearerkit" */
  readonly database?: string
}

/**
 * Keeps tokens for all tabs, over restarts, sealed with a key that no script can take out of the browser. That protects
 * against who reads the disk; a script that runs in the page can still have the browser open them.
 */
export const encryptedIndexedDb = (options: EncryptedIndexedDbOptions = {}): BrowserStorage => {
  const database = openDatabase(options.database ?? "bearerkit")
  const plain = { layer: Layer.merge(indexedDbStore(database), webLock) }
  return { ...encryptedStorage(plain, { keys: [keyIn(database)] }), shared: true, warnings: [] }
}

const keyIn = (database: Database): EncryptionKey => ({ id: "browser", material: Result.succeed(keptKey(database)) })

/** The key of this browser, made at its first use; when two tabs make one at the same time the first stays. */
const keptKey = (database: Database): Effect.Effect<CryptoKey, unknown> =>
  Effect.flatMap(kept(database, undefined), (key) =>
    key === undefined ? Effect.flatMap(newKey, (made) => kept(database, made)) : Effect.succeed(key),
  ).pipe(Effect.filterOrFail((key) => key !== undefined))

const kept = (database: Database, made: CryptoKey | undefined): Effect.Effect<CryptoKey | undefined, StoreError> =>
  database.transact("get", "keys", (store, done) => {
    const request: IDBRequest<CryptoKey | undefined> = store.get(keyName)
    request.addEventListener("success", () => {
      if (request.result === undefined && made !== undefined) store.put(made, keyName)
      done(request.result ?? made)
    })
  })

const keyName = "AES-GCM"

const newKey = /*#__PURE__*/ Effect.tryPromise(() =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
)
