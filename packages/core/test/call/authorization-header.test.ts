import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { makeApiClient } from "../../src/call/api-client.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { Token } from "../../src/model/token-set.ts"
import { startServer } from "../support/server.ts"

const saml: Token = { value: Redacted.make("saml"), type: "N_A", expiresAt: 9e15, scopes: [] }

it.live("nothing is sent with a token that is no access token (RFC 8693 §2.2.1)", () =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => startServer((_, response) => response.end())),
      (started) => Effect.promise(() => started[Symbol.asyncDispose]()),
    )
    const tokens = { token: () => Effect.succeed(saml), renew: () => Effect.succeed(saml), dpop: undefined }
    const api = yield* makeApiClient({ [server.url]: {} }, tokens)
    const error = yield* Effect.flip(api.fetch(server.url))
    assert.deepStrictEqual(error.reason, { _tag: "TokenTypeMismatch", tokenType: "N_A" })
    assert.strictEqual(error.explanation.code, "token_type_mismatch")
    assert.include(error.message, "of the type N_A, with which no API can be called. Ask for an access token")
    assert.strictEqual(server.requests.length, 0)
  }).pipe(Effect.provide(httpLayer()), Effect.scoped),
)
