import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { cookiePairs } from "../../src/protocol/cookie-pairs.ts"
import { parseCookies } from "../../src/session/cookie.ts"
import { tokenCookie } from "../../src/verify/token-cookie.ts"

const tokenIn = (cookie: string) => {
  const read = Result.getOrThrow(tokenCookie({ name: "__Host-at" }).open())
  const credentials = read({
    method: "GET",
    url: "https://api.example",
    headers: { get: (name) => (name === "cookie" ? cookie : null) },
  })
  return Result.isSuccess(credentials) ? credentials.success.token : credentials.failure._tag
}

describe("the pairs of a Cookie header", () => {
  it("come in its order, each as often as it is there", () => {
    assert.deepStrictEqual(cookiePairs("a=1;b=2 ; \ta=3\t;c=d=e"), [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
      ["c", "d=e"],
    ])
  })

  // what Node makes of raw bytes, what workerd makes of the same as UTF-8, and every other character that `trim` takes
  const hidden = [
    "\u00a0",
    "\u00c2\u00a0",
    "\u2000",
    "\u00e2\u0080\u0080",
    "\ufeff",
    "\u0085",
    "\u3000",
    "\u2028",
    "\v",
    "\f",
    "\r",
    "\n",
  ]

  it.each(hidden.map((text) => [encodeURIComponent(text), text] as const))(
    "have no name that browsers see otherwise: %s before or behind it",
    (_, text) => {
      for (const pair of [`${text}__Host-at=evil`, `__Host-at${text}=evil`, `__Host-at=evil${text}`]) {
        assert.deepStrictEqual(cookiePairs(`a=b; ${pair}`), [["a", "b"]])
        assert.isFalse(parseCookies(`${pair}; a=b`).has("__Host-at"))
        assert.strictEqual(tokenIn(pair), "MissingCredentials")
        assert.strictEqual(tokenIn(`${pair}; __Host-at=own`), "own")
      }
    },
  )

  it("are not looked for at length", () => {
    for (const header of [`a=1${" ".repeat(60_000)}x`, `${" ".repeat(60_000)}`, `a=${"x".repeat(70_000)}`]) {
      assert.deepStrictEqual(cookiePairs(header), [])
    }
  })
})
