import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { printable } from "../../src/model/printable.ts"

const jwt = (length: number): string =>
  [{ alg: "RS256" }, { sub: "alice", padding: "x".repeat(length) }, "the signature of it"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")

describe("what is printable", () => {
  it("has no token in it, however long it is and wherever the text is cut", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(3000), fc.integer({ min: 1, max: 300 }), (before, length, limit) => {
        const text = printable(`${"word ".repeat(before)}${jwt(length)} and ${jwt(length)}.`, limit)
        assert.notMatch(text, /eyJ[\w-]*\.[\w-]{8}/)
        assert.isAtMost(text.length, limit + 1)
      }),
    )
  })

  it("keeps names with dots, also where they end the text", () => {
    const said = "the host accounts.examplehost is not known to accounts.examplehost"
    assert.strictEqual(printable(said), said)
    assert.strictEqual(printable(`no ${jwt(2000)}`), "no [token removed]")
  })

  it("is one line without control characters", () => {
    assert.strictEqual(printable(" one\r\n\u001b[31mtwo\u202e\u2028 "), "one [31mtwo")
  })
})
