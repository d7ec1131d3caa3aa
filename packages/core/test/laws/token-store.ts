import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { TokenStore } from "../../src/store/token-store.ts"
import { type StoreLawsOptions, tokenStoreLaws as laws } from "../../src/testing/token-store-laws.ts"

/** What every token store promises. `layer` is built anew for each law; time is the test clock's unless `pass` is given. */
export const tokenStoreLaws = <E>(
  name: string,
  layer: Layer.Layer<TokenStore, E>,
  { pass = TestClock.adjust }: StoreLawsOptions = {},
): void => {
  describe(`${name} keeps the laws of a token store`, () => {
    for (const { name: title, check } of laws({ pass })) it.effect(title, () => Effect.provide(check, layer))
  })
}
