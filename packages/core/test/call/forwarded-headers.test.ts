import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type ForwardedHeadersOptions, makeForwardedHeaders } from "../../src/call/forwarded-headers.ts"

const forwarding = (options: ForwardedHeadersOptions = {}) => Result.getOrThrow(makeForwardedHeaders(options))
const secrets = { authorization: "Bearer x", cookie: "a=b", dpop: "proof", host: "app.example", "x-other": "1" }

describe("forwarded headers", () => {
  it("are the common ones, and those that are listed in whatever case", () => {
    const { toUpstream, fromUpstream } = forwarding({ requestHeaders: ["X-Tenant"], responseHeaders: ["X-Total"] })
    const both = { "x-tenant": "t", "x-total": "5", "content-type": "text/plain" }
    expect([...toUpstream(new Headers({ ...secrets, ...both, accept: "a", etag: "e" }))]).toEqual([
      ["accept", "a"],
      ["content-type", "text/plain"],
      ["x-tenant", "t"],
    ])
    expect([
      ...fromUpstream(new Headers({ ...secrets, ...both, accept: "a", etag: "e", "content-encoding": "gzip" })),
    ]).toEqual([
      ["content-type", "text/plain"],
      ["etag", "e"],
      ["x-total", "5"],
    ])
  })

  it("are none of one connection, whatever the lists say", () => {
    const { toUpstream, fromUpstream } = forwarding({ requestHeaders: ["x-hop"] })
    const headers = new Headers({ connection: "close, X-Hop ,etag", "x-hop": "1", accept: "a", etag: "e", age: "1" })
    expect([...toUpstream(headers)]).toEqual([["accept", "a"]])
    expect([...fromUpstream(headers)]).toEqual([["age", "1"]])
  })

  it.each([
    ["Cookie"],
    ["authorization"],
    ["Set-Cookie"],
    ["DPoP"],
    ["host"],
    ["Content-Length"],
    ["transfer-encoding"],
    ["X-Forwarded-For"],
    ["x-forwarded-prefix"],
    ["forwarded"],
  ])("cannot be %s", (name) => {
    for (const field of ["requestHeaders", "responseHeaders"]) {
      const wrong = Result.flip(makeForwardedHeaders({ [field]: ["x-good", name] }))
      expect(Result.getOrThrow(wrong)).toEqual({ field, problem: `names ${name} that is never forwarded` })
    }
  })

  it.each([["x y"], ["x:"], ["x\r\ny"], [" x"], ["x "], [""], ["ä"]])("cannot be %j, which is not repeated", (name) => {
    const wrong = Result.flip(makeForwardedHeaders({ responseHeaders: [name] }))
    expect(Result.getOrThrow(wrong)).toEqual({
      field: "responseHeaders",
      problem: "names a header that is never forwarded",
    })
  })
})
