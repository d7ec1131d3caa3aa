import { assert, describe, it } from "vitest"
import { requestParts } from "../../src/call/request-parts.ts"

const url = "https://api.example/orders?page=2"
const parts = async (...call: Parameters<typeof requestParts>) => {
  const [address, init] = await requestParts(...call)
  return { address, init, headers: Object.fromEntries(new Headers(init?.headers)) }
}

describe("what fetch was called with", () => {
  it("is left alone where it is an address", async () => {
    const init = { method: "PUT", body: new ReadableStream() }
    assert.deepStrictEqual(await requestParts(url, init), [url, init])
    assert.deepStrictEqual(await requestParts(url), [url, undefined])
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
    const reason = new Error("enough")
    const endless = (signal?: AbortSignal) =>
      new Request(url, { method: "POST", body: new ReadableStream(), duplex: "half", signal } as RequestInit)
    const [own, other] = [new AbortController(), new AbortController()]
    const aborted = [requestParts(endless(own.signal)), requestParts(endless(), { signal: other.signal })]
    own.abort(reason)
    other.abort(reason)
    for (const parts of aborted) assert.strictEqual(await parts.catch((error: unknown) => error), reason)
  })

  it("rejects as fetch does where the body has been read already", async () => {
    const request = new Request(url, { method: "POST", body: "once" })
    await request.text()
    const error: unknown = await requestParts(request).catch((error: unknown) => error)
    assert.instanceOf(error, TypeError)
  })
})
