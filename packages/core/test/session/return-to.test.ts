import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { ownPath } from "../../src/session/return-to.ts"

const origin = "https://app.example"

describe("where a person may be sent back to", () => {
  it("is an own path, in its own spelling", () => {
    assert.strictEqual(ownPath("/", origin), "/")
    assert.strictEqual(ownPath("/a b", origin), undefined)
    assert.strictEqual(ownPath("/a%20b?c=d&e=%2F#f", origin), "/a%20b?c=d&e=%2F#f")
    assert.strictEqual(ownPath("/a/../b", origin), "/b")
    assert.strictEqual(ownPath("/?next=https://evil.example", origin), "/?next=https://evil.example")
    assert.strictEqual(ownPath(`${origin}/a`, origin), "/a")
    assert.strictEqual(ownPath("/100%25", origin), "/100%25")
    const longest = `/${"a".repeat(2047)}`
    assert.strictEqual(ownPath(longest, origin), longest)
  })

  it("is nothing that any browser reads as another place", () => {
    const hostile = [
      "",
      "//evil.example",
      "///evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "\\/evil.example",
      "/\t/evil.example",
      "/\n/evil.example",
      "\u0000//evil.example",
      " //evil.example",
      "/%2Fevil.example",
      "/%2f%2fevil.example",
      "/%5Cevil.example",
      "/%252Fevil.example",
      "/%25252Fevil.example",
      "/.//evil.example",
      "/..//evil.example",
      "/a/..//evil.example",
      "https://evil.example",
      "https:evil.example",
      "https:/\\evil.example",
      "https://app.example.evil.example",
      "https://app.example@evil.example",
      "https://user@app.example/",
      "http://app.example/",
      "https://app.example:444/",
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "evil.example",
      "a/b",
      " /a",
      "\n/a",
      "?a",
      "#a",
      `/${"a".repeat(2048)}`,
      "/a%0d%0aset-cookie:x",
      "/%2525252525",
    ]
    for (const address of hostile) assert.isUndefined(ownPath(address, origin), JSON.stringify(address))
    for (const nothing of [null, undefined]) assert.isUndefined(ownPath(nothing, origin))
  })

  it("leads to the application whatever somebody writes", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "/",
        "\\",
        "%2f",
        "%5c",
        "%25",
        ".",
        "..",
        "@",
        ":",
        "?",
        "#",
        "evil.example",
        "\t",
        "https:",
        "a",
      ),
      fc.string({ maxLength: 3, unit: "binary" }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = ownPath(pieces.join(""), origin)
        if (path === undefined) return
        assert.match(path, /^\/(?![/\\])/)
        assert.strictEqual(new URL(path, origin).origin, origin)
        assert.strictEqual(ownPath(path, origin), path)
      }),
      { numRuns: 2000 },
    )
  })
})
