import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ticks } from "./ticks.ts"

it.effect("ticks wait for WebCrypto, however long it takes and however it ends, and for what follows it", () =>
  Effect.gen(function* () {
    const done: Array<string> = []
    const work = async (): Promise<void> => {
      const secret = await crypto.subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"])
      const derivation = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(8), iterations: 200_000 }
      await crypto.subtle.deriveBits(derivation, secret, 256)
      done.push("derived")
      await crypto.subtle.importKey("raw", new Uint8Array(1), "AES-GCM", false, []).catch(() => done.push("refused"))
      await crypto.subtle.digest("SHA-256", new Uint8Array(1))
      done.push("digested")
    }
    const worked = work()
    yield* ticks
    assert.deepStrictEqual(done, ["derived", "refused", "digested"])
    yield* Effect.promise(() => worked)
  }),
)
