import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Lock } from "../../src/store/lock.ts"
import { lockLaws as laws } from "../../src/testing/lock-laws.ts"

/** What every lock promises. `layer` is built anew for each law; time is the real one. */
export const lockLaws = <E>(name: string, layer: Layer.Layer<Lock, E>): void => {
  describe(`${name} keeps the laws of a lock`, () => {
    for (const { name: title, check } of laws()) it.live(title, () => Effect.provide(check, layer))
  })
}
