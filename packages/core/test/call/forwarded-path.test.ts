import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { forwardedUrl, parseUpstream } from "../../src/call/forwarded-path.ts"

const upstream = { origin: "https://orders.example", prefix: "/api" }

describe("a forwarded path", () => {
  it("goes behind the upstream's prefix, with its query", () => {
    const href = (path: string, search = "") => forwardedUrl(upstream, path, search)?.href
    assert.strictEqual(href("/a/b", "?c=%2F"), "https://orders.example/api/a/b?c=%2F")
    assert.strictEqual(href("/"), "https://orders.example/api/")
    assert.strictEqual(href("a/b"), "https://orders.example/api/a/b")
    assert.strictEqual(href("/a../v1.."), "https://orders.example/api/a../v1..")
    assert.strictEqual(href("/a%20b/%C3%A4/50%25"), "https://orders.example/api/a%20b/%C3%A4/50%25")
    assert.strictEqual(forwardedUrl({ ...upstream, prefix: "" }, "/a", "")?.href, "https://orders.example/a")
  })

  it("never leaves it, however it is encoded", () => {
    const hostile = [
      "/../admin",
      "/a/../../admin",
      "/./a",
      "/%2e%2e/admin",
      "/%2E./admin",
      "/%252e%252e/admin",
      "/..%2fadmin",
      "/..%5cadmin",
      "/a%5c..%5c..",
      "/\\..\\admin",
      "/..;/admin",
      "/..;v=1/admin",
      "/a%00b",
      "/a%0d%0ab",
      "/a?b",
      "/a#b",
      "/%25zz/%252e%252e/admin",
      "/%25252525252e",
      // what a guard of another route does not recognise
      "//admin/x",
      "/a//b",
      "/%2fadmin/x",
      "/a%5Cb",
      "/admin;x=1/users",
      "/admin%3bx/users",
      "/admin%253Bx/users",
      "/a/;admin",
      "/admin%20/users",
      "/%20admin/users",
    ]
    for (const path of hostile) assert.isUndefined(forwardedUrl(upstream, path, ""), path)
  })

  it("stays at the origin, whatever looks like another host", () => {
    for (const path of ["/@evil.example", "/:80@evil.example", "/https:evil.example"]) {
      const url = forwardedUrl({ ...upstream, prefix: "" }, path, "")
      assert.strictEqual(url?.origin, "https://orders.example", path)
    }
  })

  it("is only for an upstream that is an origin and a path", () => {
    for (const text of [
      "",
      "/api",
      "orders.example",
      "https://a:b@orders.example",
      "https://orders.example/?a",
      "https://orders.example/#a",
    ]) {
      assert.isTrue(Result.isFailure(parseUpstream(text)), text)
    }
    assert.deepStrictEqual(Result.getOrUndefined(parseUpstream("https://orders.example/api/")), upstream)
  })
})
