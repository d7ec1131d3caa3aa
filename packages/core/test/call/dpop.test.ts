import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { IncomingMessage, ServerResponse } from "node:http"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { ApiClient, apiClientLayer } from "../../src/call/api-client.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { generateDpopKey } from "../../src/protocol/dpop-key.ts"
import { tokenProviderLayer } from "../../src/provide/token-provider.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { makeAuthorizer } from "../../src/verify/authorize.ts"
import { dpopBinding } from "../../src/verify/dpop-binding.ts"
import { dpopNonces } from "../../src/verify/dpop-nonce.ts"
import { startServer } from "../support/server.ts"
import { network, orders, secretOf, startTestIssuer } from "../support/world.ts"

const acquire = <A>(make: () => Promise<A>, close: (made: A) => PromiseLike<void>) =>
  Effect.acquireRelease(Effect.promise(make), (made) => Effect.promise(() => close(made)))

/** What an API's middleware does, in a few lines. */
const makeApi = (issuer: string) =>
  Effect.gen(function* () {
    const dpop = dpopBinding({
      publicUrl: "https://public.example/v1",
      replays: yield* TokenStore,
      nonces: dpopNonces({ secret: "a secret that all instances of the API have" }),
    })
    const { authorize } = yield* makeAuthorizer({ issuer, audience: orders, dpop })
    return async ({ headers, method = "", url = "" }: IncomingMessage, response: ServerResponse): Promise<void> => {
      const get = (name: string): string | null => headers[name]?.toString() ?? null
      const authorized = await authorize({ method, url: `http://10.0.0.7${url}`, headers: { get } })
      if (Result.isFailure(authorized)) {
        const { status, headers, challenges } = authorized.failure
        response.writeHead(status, { ...headers, "www-authenticate": challenges.join(", ") }).end()
        return
      }
      response.end(`${authorized.success?.scheme} ${authorized.success?.principal.subject}`)
    }
  })

it.live("a token is got, bound, presented and checked, where issuer and API both demand their nonce", () =>
  Effect.gen(function* () {
    const issuer = yield* acquire(startTestIssuer, (it) => it.close())
    const api = yield* makeApi(issuer.url)
    const server = yield* acquire(
      () => startServer((request, response) => void api(request, response)),
      (server) => server[Symbol.asyncDispose](),
    )
    // the way from the public address to the server is a proxy's
    const proxied: typeof fetch = (url, init) =>
      fetch(String(url).replace("https://public.example/v1", server.url), init)
    const client = {
      issuer: issuer.url,
      clientId: "basic",
      clientAuth: clientSecretBasic(secretOf("basic")),
      dpop: yield* generateDpopKey(),
    }
    const target = { audience: orders, scope: "read" }
    const calling = apiClientLayer({ "https://public.example": target }).pipe(
      Layer.provide(tokenProviderLayer({ client, flow: clientCredentials() })),
      Layer.provide(network({ fetch: proxied })),
    )
    yield* Effect.gen(function* () {
      const calls = yield* ApiClient
      for (const requests of [2, 3, 4]) {
        const response = yield* calls.fetch("https://public.example/v1/orders?page=2")
        assert.strictEqual(yield* Effect.promise(() => response.text()), "DPoP basic")
        assert.lengthOf(server.requests, requests)
      }
      assert.strictEqual(issuer.countRequests("/token", "POST"), 2)
    }).pipe(Effect.provide(calling))
  }).pipe(Effect.scoped, Effect.provide([network(), memoryStoreLayer()])),
)
