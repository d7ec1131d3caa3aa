import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { IncomingMessage } from "node:http"
import { beginAuthorization } from "../../src/acquire/authorization-code.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { ServerMetadata } from "../../src/model/metadata.ts"
import { type ClientAuth, clientSecretBasic, clientSecretPost, none } from "../../src/protocol/client-auth.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { json, startServer } from "../support/server.ts"

const issuer = "https://issuer.example"
const uri = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c"

interface Pushing {
  readonly clientAuth?: ClientAuth
  readonly pushed?: "always" | "auto" | "demanded"
  readonly metadata?: Partial<ServerMetadata>
  readonly offered?: boolean
  readonly answer?: readonly [status: number, body: unknown]
}

const begin = ({ clientAuth = none(), pushed, metadata, offered = true, answer }: Pushing) =>
  Effect.gen(function* () {
    const pushes: Array<URLSearchParams> = []
    const [status, body] = answer ?? [201, { request_uri: uri, expires_in: 60 }]
    const server = yield* Effect.acquireRelease(
      Effect.promise(() =>
        startServer(async (request, response) => {
          pushes.push(new URLSearchParams(await textOf(request)))
          json(response, status, body)
        }),
      ),
      (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
    )
    const known: ServerMetadata = {
      issuer,
      tokenEndpoint: `${issuer}/token`,
      authorizationEndpoint: `${issuer}/authorize`,
      ...(offered && { pushedAuthorizationRequestEndpoint: `${server.url}/par` }),
      ...metadata,
    }
    const options = { redirectUri: "https://app.example/cb", ...(pushed !== undefined && { pushed }) }
    const begun = beginAuthorization({ issuer, clientId: "app", clientAuth }, { scope: "openid" }, options)
    const { url } = yield* Effect.provide(begun, Layer.merge(httpLayer(), fixedDiscoveryLayer(known)))
    return { sent: new URL(url).searchParams, pushes, request: server.requests[0] }
  })

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const demanded = { requirePushedAuthorizationRequests: true }

describe("the request is pushed", () => {
  const cases: ReadonlyArray<readonly [string, Pushing, boolean]> = [
    ["for a client that authenticates, where it is offered", { clientAuth: clientSecretBasic("s") }, true],
    ["for a client that authenticates in the body, too", { clientAuth: clientSecretPost("s") }, true],
    ["not for a public client, unless", {}, false],
    ["the public client wants it, or", { pushed: "always" }, true],
    ["the issuer demands it", { metadata: demanded }, true],
    ["the issuer demands it, whatever the client wants", { metadata: demanded, pushed: "demanded" }, true],
    ["not where nobody offers it", { clientAuth: clientSecretBasic("s"), offered: false }, false],
    ["not where it is only to be if demanded", { clientAuth: clientSecretBasic("s"), pushed: "demanded" }, false],
  ]
  for (const [name, pushing, pushed] of cases) {
    it.live(`${name}: ${pushed}`, () =>
      Effect.gen(function* () {
        const { sent, pushes } = yield* begin(pushing)
        assert.lengthOf(pushes, pushed ? 1 : 0)
        assert.strictEqual(sent.has("request_uri"), pushed)
        assert.strictEqual(sent.has("state"), !pushed)
      }),
    )
  }

  it.live("once, with everything, and the address has nothing but the reference", () =>
    Effect.gen(function* () {
      const { sent, pushes, request } = yield* begin({ clientAuth: clientSecretBasic("s") })
      assert.deepStrictEqual(
        [...sent],
        [
          ["client_id", "app"],
          ["request_uri", uri],
        ],
      )
      const [push = new URLSearchParams()] = pushes
      assert.deepStrictEqual(push.getAll("client_id"), ["app"])
      for (const name of ["state", "nonce", "code_challenge", "redirect_uri", "scope"])
        assert.isTrue(push.has(name), name)
      assert.match(request?.headers.authorization ?? "", /^Basic /)
    }),
  )
})

describe("a push that fails", () => {
  it.live("is told with the issuer's own words", () =>
    Effect.gen(function* () {
      const body = { error: "invalid_request", error_description: "redirect_uri is not registered" }
      const error = yield* Effect.flip(begin({ pushed: "always", answer: [400, body] }))
      assert.deepInclude(error.reason, { _tag: "Rejected", code: "invalid_request", status: 400 })
      assert.include(error.message, "redirect_uri is not registered")
    }),
  )

  for (const body of [{}, { request_uri: 7 }, { request_uri: "" }, { request_uri: "urn:x\n" }, []]) {
    it.live(`is one with an answer that is none: ${JSON.stringify(body)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(begin({ pushed: "always", answer: [201, body] }))
        assert.strictEqual(error.reason._tag, "MalformedResponse")
      }),
    )
  }
})
