import { describe, expect, it } from "vitest"
import { isSameOrigin } from "../../src/protocol/same-origin.ts"

const request = (method: string, headers: Readonly<Record<string, string>> = {}, url = "https://api.example/a") => ({
  method,
  url,
  headers: new Headers(headers),
})

describe("a request that carries cookies", () => {
  it.each(["GET", "HEAD", "OPTIONS"])("%s changes nothing, so it may come from anywhere", (method) => {
    expect(isSameOrigin(request(method, { origin: "https://evil.example" }))).toBe(true)
  })

  it.each(["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", ""])("%j needs evidence", (method) => {
    expect(isSameOrigin(request(method))).toBe(false)
    expect(isSameOrigin(request(method, { "sec-fetch-site": "same-origin" }))).toBe(true)
    expect(isSameOrigin(request(method, { origin: "https://api.example" }))).toBe(true)
  })

  it("has an origin of scheme, host and port", () => {
    for (const origin of ["http://api.example", "https://api.example:8443", "https://api.example.", "null", ""])
      expect(isSameOrigin(request("POST", { origin }))).toBe(false)
    expect(isSameOrigin(request("POST", { origin: "null" }, "data:text/plain,x"))).toBe(false)
    expect(isSameOrigin(request("POST", { origin: "https://api.example" }, "/a"))).toBe(false)
  })

  it("behind a proxy is judged by what the browser says, or by the listed origins", () => {
    const behind = (headers: Readonly<Record<string, string>>) => request("POST", headers, "http://10.0.0.1:3000/a")
    expect(isSameOrigin(behind({ origin: "https://app.example", "sec-fetch-site": "same-origin" }))).toBe(true)
    expect(isSameOrigin(behind({ origin: "https://app.example" }))).toBe(false)
    expect(isSameOrigin(behind({ origin: "https://app.example" }), ["https://app.example"])).toBe(true)
    expect(isSameOrigin(behind({ origin: "https://evil.example", "sec-fetch-site": "cross-site" }))).toBe(false)
  })
})
