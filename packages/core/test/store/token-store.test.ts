import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { tokenStoreLaws } from "../laws/token-store.ts"

tokenStoreLaws("memory", memoryStoreLayer())

it.effect("a full memory store drops what was written longest ago", () =>
  Effect.gen(function* () {
    const store = yield* TokenStore
    for (const key of ["a", "b", "c"]) yield* store.put(key, key)
    yield* store.put("a", "again")
    yield* store.put("d", "d")
    assert.isUndefined(yield* store.get("b"))
    for (const key of ["a", "c", "d"]) assert.isDefined(yield* store.get(key))
  }).pipe(Effect.provide(memoryStoreLayer({ capacity: 3 }))),
)
