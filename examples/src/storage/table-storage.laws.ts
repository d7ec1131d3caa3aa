import { test } from "node:test"
import { storageLayer } from "@bearerkit/core"
import { lockLaws, tokenStoreLaws } from "@bearerkit/core/testing"
import * as Effect from "effect/Effect"
import { tableStorage } from "./table-storage.ts"

for (const { name, check } of tokenStoreLaws()) {
  test(name, () => Effect.runPromise(Effect.provide(check, storageLayer(tableStorage()))))
}
for (const { name, check } of lockLaws()) {
  test(name, () => Effect.runPromise(Effect.provide(check, storageLayer(tableStorage()))))
}
