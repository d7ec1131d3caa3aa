import { type EncryptionKey, encryptedStorage } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { inTabs } from "./in-tabs.ts"
import { type Database, makeIndexedDbStore, openDatabase } from "./indexed-db.ts"
import { keptKey } from "./kept-key.ts"
import type { BrowserStorage } from "./storage.ts"

/** Options of `encryptedIndexedDb`. */
export interface EncryptedIndexedDbOptions {
  /** The name of the database. @default "bearerkit" */
  readonly database?: string | undefined
}

/**
 * Keeps tokens for all tabs in IndexedDB, across restarts, encrypted with a key that no script can export. This
 * protects them from readers of the disk; a script in the page can still have the browser decrypt them.
 */
export const encryptedIndexedDb = (options: EncryptedIndexedDbOptions = {}): BrowserStorage => {
  const database = openDatabase(options.database ?? "bearerkit")
  const plain = { services: inTabs(() => makeIndexedDbStore(database)) }
  return { ...encryptedStorage(plain, { keys: [keyIn(database)] }), shared: true, warnings: [] }
}

/** A key is used only with the database that has it: nobody could decrypt what another one encrypts. */
const keyIn = (database: Database): EncryptionKey => {
  let connection: unknown
  const key = Effect.map(keptKey(database, "AES-GCM", newKey), (key) => {
    connection = database.connection()
    return key
  })
  return { id: "browser", material: Result.succeed(key), isCurrent: () => connection === database.connection() }
}

const newKey = /*#__PURE__*/ Effect.tryPromise(() =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
)
