import { describe, expect, it } from "vitest"
import { parseResumable, resumableOf } from "../src/resumable-request.ts"

const url = "https://api.example/orders"

describe("a request that is kept", () => {
  it("has no header but those that say what the bodies are", () => {
    const headers = {
      Accept: "application/json",
      "Accept-Language": "de",
      "Content-Type": "text/plain",
      "Idempotency-Key": "1",
      Authorization: "Bearer secret",
      Cookie: "a=b",
      DPoP: "proof",
      "X-Api-Key": "secret",
    }
    expect(resumableOf(new URL(url), { method: "POST", headers, body: "b" }, 10)).toEqual({
      url,
      method: "POST",
      headers: {
        accept: "application/json",
        "accept-language": "de",
        "content-type": "text/plain",
        "idempotency-key": "1",
      },
      body: "b",
    })
    expect(resumableOf(url, {}, 10)).toEqual({ url, method: "GET", headers: {} })
  })

  it("has its body if that is text for which there is room", () => {
    const kept = (body: BodyInit | null) => resumableOf(url, { method: "PUT", body }, 3).body
    expect([kept(""), kept("abc")]).toEqual(["", "abc"])
    for (const body of ["abcd", null, new Blob(["a"]), new URLSearchParams("a")]) expect(kept(body)).toBeUndefined()
  })

  it("comes back as it was", () => {
    for (const init of [
      {},
      { method: "POST", headers: { accept: "text/html" }, body: "b" },
      { method: "PUT", body: "" },
    ]) {
      const kept = resumableOf(url, init, 10)
      expect(parseResumable(JSON.parse(JSON.stringify(kept)))).toEqual(kept)
    }
  })
})

it.each([
  [undefined],
  [null],
  ["text"],
  [{}],
  [{ url, method: "GET" }],
  [{ url, method: "GET", headers: null }],
  [{ url, method: "GET", headers: "accept" }],
  [{ url, method: "GET", headers: { accept: "a", prefer: 1 } }],
  [{ url, method: 1, headers: {} }],
  [{ url: 1, method: "GET", headers: {} }],
])("%j is no request that was kept", (value) => {
  expect(parseResumable(value)).toBeUndefined()
})

it("a body that is no text is none", () => {
  expect(parseResumable({ url, method: "GET", headers: {}, body: 1 })).toEqual({ url, method: "GET", headers: {} })
})
