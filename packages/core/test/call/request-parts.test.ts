import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { assert, describe, it } from "vitest"
import { requestParts, signalOf } from "../../src/call/request-parts.ts"
import { reasonOf } from "../support/reason.ts"

const url = "https://api.example/orders?page=2"
const read = (...call: Parameters<typeof requestParts>) => Effect.runPromise(requestParts(...call))
const parts = async (...call: Parameters<typeof requestParts>) => {
  const [address, init] = await read(...call)
  return { address, init, headers: Object.fromEntries(new Headers(init?.headers)) }
}

describe("what fetch was called with", () => {
  it("is left alone where it is an address", async () => {
    const init = { method: "PUT", body: new ReadableStream() }
    assert.deepStrictEqual(await read(url, init), [url, init])
    assert.deepStrictEqual(await read(url), [url, undefined])
  })

  it("is a request's address, method, headers, signal and body, but not its redirect", async () => {
    const { signal } = new AbortController()
    const request = new Request(url, { method: "PATCH", headers: { "x-one": "1" }, body: new Uint8Array([1]), signal })
    const { address, init, headers } = await parts(request)
    assert.strictEqual(address, url)
    assert.deepStrictEqual(headers, { "x-one": "1" })
    assert.strictEqual(init?.method, "PATCH")
    assert.strictEqual(init?.signal, request.signal)
    assert.deepStrictEqual(init?.body, new Uint8Array([1]).buffer)
    assert.isUndefined(init?.redirect)
  })

  for (const type of ["application/json", "application/problem+json; charset=utf-8"]) {
    it(`has text as its body where that is ${type}`, async () => {
      const request = new Request(url, { method: "POST", headers: { "content-type": type }, body: '{"é":1}' })
      assert.strictEqual((await parts(request)).init?.body, '{"é":1}')
    })
  }

  it("has no body where the request has none", async () => {
    assert.isFalse("body" in ((await parts(new Request(url))).init ?? {}))
  })

  it("is what the second argument says of both", async () => {
    const body = new ReadableStream()
    const request = new Request(url, { method: "POST", body: "never read", headers: { "x-one": "1" } })
    const { init, headers } = await parts(request, { body, headers: { "x-two": "2" } })
    assert.strictEqual(init?.body, body)
    assert.isFalse(request.bodyUsed)
    assert.deepStrictEqual(headers, { "x-two": "2" })
    assert.strictEqual(init?.method, "POST")
  })

  it("is not changed by what the second argument has, but does not say", async () => {
    const { signal } = new AbortController()
    const request = new Request(url, { method: "POST", body: "one", signal })
    const silent: object = { method: undefined, signal: undefined, body: undefined }
    const { init } = await parts(request, silent)
    assert.deepStrictEqual([init?.method, init?.signal], ["POST", request.signal])
    assert.strictEqual(new TextDecoder().decode(init?.body as ArrayBuffer), "one")
  })

  it("is not waited for once its signal, or that of the call, is aborted", async () => {
    const endless = (signal?: AbortSignal) =>
      new Request(url, { method: "POST", body: new ReadableStream(), duplex: "half", signal } as RequestInit)
    const [own, other] = [new AbortController(), new AbortController()]
    const calls = [[endless(own.signal)], [endless(), { signal: other.signal }]] as const
    const exits = calls.map(([request, init]) => {
      const signal = signalOf(request, init)
      return Effect.runPromiseExit(requestParts(request, init), { ...(signal && { signal }) })
    })
    own.abort()
    other.abort()
    for (const exit of await Promise.all(exits)) assert.isTrue(Exit.hasInterrupts(exit))
  })

  it("is refused where the body was read already, unless the second argument has another", async () => {
    const request = new Request(url, { method: "POST", body: "once" })
    await request.text()
    assert.deepInclude(await Effect.runPromise(reasonOf(requestParts(request))), {
      _tag: "InvalidOptions",
      field: "request",
      problem: "has a body that was read already",
    })
    assert.strictEqual((await parts(request, { body: "again" })).init?.body, "again")
  })
})
