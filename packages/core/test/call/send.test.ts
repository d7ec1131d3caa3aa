import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Readable } from "node:stream"
import { makeSend } from "../../src/call/send.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { Token } from "../../src/model/token-set.ts"
import { startServer } from "../support/server.ts"

const token: Token = { value: Redacted.make("token-1"), type: "Bearer", expiresAt: Number.MAX_SAFE_INTEGER, scopes: [] }

const words = async function* () {
  yield new TextEncoder().encode("hello")
}

describe("a network that is lost while a body is sent", () => {
  const bodies: ReadonlyArray<readonly [name: string, make: () => unknown]> = [
    ["a text", () => "hello"],
    ["a stream", () => new Blob(["hello"]).stream()],
    ["a stream of Node's", () => Readable.from(["hello"])],
    ["an iterator", words],
  ]
  for (const [name, make] of bodies) {
    it.live(`is told as such, and not as a wrong call: ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* Effect.acquireRelease(
          Effect.promise(() => startServer((request) => void request.on("data", () => request.socket.destroy()))),
          (started) => Effect.promise(() => started[Symbol.asyncDispose]()),
        )
        const send = yield* makeSend({})
        const init = { method: "POST", body: make(), duplex: "half" } as unknown as RequestInit
        const error = yield* Effect.flip(send(new URL(server.url), init, token))
        assert.propertyVal(error.reason, "_tag", "Unreachable")
        assert.isTrue(error.explanation.retryable)
      }).pipe(Effect.scoped, Effect.provide(httpLayer())),
    )
  }
})
