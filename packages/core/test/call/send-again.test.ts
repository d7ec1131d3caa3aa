import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { decodeJwt } from "jose"
import { isReplayable, makeSend } from "../../src/call/send.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { Token } from "../../src/model/token-set.ts"
import { generateDpopKey } from "../../src/protocol/dpop-key.ts"
import { reasonOf } from "../support/reason.ts"

const url = new URL("https://api.example/orders?page=2")
const bearer: Token = { value: Redacted.make("token"), type: "Bearer", expiresAt: 9e15, scopes: [] }

/** Sends a request to an API that answers like this. */
const sending = (answer: typeof fetch, init: RequestInit = {}) =>
  Effect.flatMap(makeSend({}), (send) => send(url, init, bearer)).pipe(Effect.provide(httpLayer({ fetch: answer })))

describe("a call that gets no answer", () => {
  const away = () => Promise.reject(new TypeError("fetch failed"))
  const calls: ReadonlyArray<readonly [string, () => RequestInit]> = [
    ["without a body", () => ({})],
    ["with text", () => ({ method: "POST", body: "text" })],
    ["with a form", () => ({ method: "PUT", body: new FormData() })],
    ["with a stream that was read", () => ({ method: "POST", body: readStream(), duplex: "half" }) as RequestInit],
  ]
  for (const [name, init] of calls) {
    it.effect(`${name} could not reach the API`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(sending(away, init()))
        assert.deepInclude(reason, { _tag: "Unreachable", url: "https://api.example/orders" })
      }),
    )
  }

  it.effect("is wrong where no request is like it", () =>
    Effect.gen(function* () {
      for (const init of [{ body: "text" }, { method: "GET", body: new FormData() }, { method: "TRACE" }]) {
        const reason = yield* reasonOf(sending(away, init))
        assert.deepInclude(reason, { _tag: "InvalidOptions", field: "init" })
      }
    }),
  )
})

describe("a response that nobody reads", () => {
  /** A response with a body that tells whether it was given up. */
  const watched = (init: ResponseInit) => {
    const seen = { cancelled: false }
    const body = new ReadableStream({ cancel: () => void (seen.cancelled = true) })
    return { seen, response: new Response(body, init) }
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it.effect(`is given up when it is a redirect with ${status}, and told without the query`, () =>
      Effect.gen(function* () {
        const { seen, response } = watched({ status, headers: { location: "https://evil.example/" } })
        const reason = yield* reasonOf(sending(() => Promise.resolve(response)))
        assert.deepStrictEqual(reason, { _tag: "RedirectRefused", url: "https://api.example/orders" })
        assert.isTrue(seen.cancelled)
      }),
    )
  }

  it.effect("is given up when the API demands a nonce, and only then sent again", () =>
    Effect.gen(function* () {
      const dpop = yield* generateDpopKey()
      const challenge = { "dpop-nonce": "n1", "www-authenticate": 'DPoP error="use_dpop_nonce"' }
      const demand = watched({ status: 401, headers: challenge })
      const proofs: Array<object> = []
      const answer: typeof fetch = (_, init) => {
        proofs.push(decodeJwt(new Headers(init?.headers).get("dpop") ?? ""))
        return Promise.resolve(proofs.length === 1 ? demand.response : new Response("served"))
      }
      const send = yield* Effect.provide(makeSend({ dpop }), httpLayer({ fetch: answer }))
      const response = yield* send(url, { method: "patch" }, { ...bearer, type: "DPoP" })
      assert.strictEqual(yield* Effect.promise(() => response.text()), "served")
      assert.isTrue(demand.seen.cancelled)
      assert.lengthOf(proofs, 2)
      assert.deepInclude(proofs[1], { nonce: "n1", htm: "patch", htu: "https://api.example/orders" })
    }),
  )
})

it.effect("a proof names the method as fetch sends it", () =>
  Effect.gen(function* () {
    const dpop = yield* generateDpopKey()
    const methods: Array<unknown> = []
    const answer: typeof fetch = (_, init) => {
      methods.push(decodeJwt(new Headers(init?.headers).get("dpop") ?? "")["htm"])
      return Promise.resolve(new Response())
    }
    const send = yield* Effect.provide(makeSend({ dpop }), httpLayer({ fetch: answer }))
    const sent = [undefined, "get", "Delete", "head", "options", "post", "put", "patch", "Patch", "getx", "forget"]
    for (const method of sent)
      yield* send(url, { ...(method !== undefined && { method }) }, { ...bearer, type: "DPoP" })
    const expected = ["GET", "GET", "DELETE", "HEAD", "OPTIONS", "POST", "PUT", "patch", "Patch", "getx", "forget"]
    assert.deepStrictEqual(methods, expected)
  }),
)

it("a body can be sent again unless sending consumes it", () => {
  for (const body of [
    undefined,
    null,
    "",
    "text",
    new Uint8Array(1),
    new DataView(new ArrayBuffer(1)),
    new ArrayBuffer(1),
    new Blob(["a"]),
    new FormData(),
    new URLSearchParams("a=b"),
  ])
    assert.isTrue(isReplayable(body), String(body))
  for (const body of [new ReadableStream(), [new Uint8Array(1)].values(), {}, (async function* () {})()])
    assert.isFalse(isReplayable(body), String(body))
})

const readStream = (): ReadableStream => {
  const stream = new ReadableStream()
  stream.getReader()
  return stream
}
