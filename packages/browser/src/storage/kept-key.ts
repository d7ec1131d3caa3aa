import type { StoreError } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import type { Database } from "./indexed-db.ts"

/**
 * The value that this browser keeps under a name, such as a key that no script can export. It is made at its first use;
 * if two tabs make one at the same time, the first is kept.
 */
export const keptKey = <Key, E>(
  database: Database,
  name: string,
  make: Effect.Effect<Key, E>,
): Effect.Effect<Key, E | StoreError> =>
  Effect.flatMap(kept<Key>(database, name), (key) =>
    key === undefined
      ? Effect.flatMap(make, (made) => Effect.map(kept(database, name, made), (first) => first ?? made))
      : Effect.succeed(key),
  )

const kept = <Key>(database: Database, name: string, made?: Key): Effect.Effect<Key | undefined, StoreError> =>
  database.transact("get", "keys", (store, done) => {
    const request: IDBRequest<Key | undefined> = store.get(name)
    request.addEventListener("success", () => {
      if (request.result === undefined && made !== undefined) store.put(made, name)
      done(request.result ?? made)
    })
  })
