import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Issuer } from "@bearerkit/issuer"
import { decodeJwt } from "jose"
import { afterAll, beforeAll } from "vitest"
import { completeAuthorization, beginAuthorization } from "../../src/acquire/authorization-code.ts"
import type { Client } from "../../src/protocol/client.ts"
import { clientSecretBasic, none } from "../../src/protocol/client-auth.ts"
import type { DpopKey } from "../../src/protocol/dpop.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { makeKeys } from "../support/dpop.ts"
import { arrive } from "../support/login.ts"
import { callback, network, orders, secretOf, startTestIssuer } from "../support/world.ts"

const [first, second] = await makeKeys()
const target = { audience: orders, scope: "openid offline_access read" }
let issuer: Issuer

describe("a login that is bound to a key", () => {
  beforeAll(async () => {
    issuer = await startTestIssuer()
  })
  afterAll(() => issuer.close())

  const page = (dpop: DpopKey): Client => ({ issuer: issuer.url, clientId: "spa", clientAuth: none(), dpop })
  const server = (dpop: DpopKey): Client => ({
    issuer: issuer.url,
    clientId: "web",
    clientAuth: clientSecretBasic(secretOf("web")),
    dpop,
  })

  /** Logs in with one client, and asks for a token as another one over the same store. */
  const tokenOf = (before: Client, after: Client) =>
    Effect.gen(function* () {
      const arrived = yield* beginAuthorization(before, target, { redirectUri: callback, prompt: ["consent"] }).pipe(
        Effect.flatMap((begun) => arrive(begun)),
      )
      const { tokens } = yield* completeAuthorization(before, arrived)
      const layer = (client: Client) => loginLayer({ client, key: "login" })
      yield* Effect.provide(
        Login.use((login) => login.begin(tokens, target)),
        layer(before),
      )
      const token = TokenProvider.use((provider) => provider.token(target))
      const { value, type } = yield* Effect.provide(token, layer(after))
      const claims = decodeJwt(Redacted.value(value))
      return { type, cnf: claims["cnf"], same: Redacted.value(value) === Redacted.value(tokens.accessToken) }
    }).pipe(Effect.provide(Layer.mergeAll(network(), memoryStoreLayer(), memoryLockLayer)))

  it.live("hands out the token that is bound to it", () =>
    Effect.gen(function* () {
      const token = yield* tokenOf(page(first), page(first))
      assert.deepStrictEqual(token, { type: "DPoP", cnf: { jkt: first.thumbprint }, same: true })
    }),
  )

  it.live("goes on with another key where the refresh token is not bound, which is a server's, and renews", () =>
    Effect.gen(function* () {
      const token = yield* tokenOf(server(first), server(second))
      assert.deepStrictEqual(token, { type: "DPoP", cnf: { jkt: second.thumbprint }, same: false })
    }),
  )

  it.live("ends when a page has lost its key", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(tokenOf(page(first), page(second)))
      assert.deepInclude(error.reason, { _tag: "LoginRequired" })
    }),
  )
})
