import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { parseCookies, removeCookie, setCookie } from "../../src/session/cookie.ts"
import { readChunks, removeChunks, setChunks } from "../../src/session/cookie-chunks.ts"

/** What a browser sends after these lines. */
const browserAfter = (lines: ReadonlyArray<string>, before: ReadonlyMap<string, string> = new Map()) => {
  const cookies = new Map(before)
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split("; ")
    const name = pair.slice(0, pair.indexOf("="))
    if (attributes.includes("Max-Age=0")) cookies.delete(name)
    else cookies.set(name, pair.slice(name.length + 1))
  }
  return parseCookies([...cookies].map(([name, value]) => `${name}=${value}`).join("; "))
}

const name = "__Host-session"
const base64url = fc.string({ unit: fc.constantFrom(..."ABCxyz019-_."), minLength: 1, maxLength: 12_000 })
const set = (value: string, present = parseCookies(null)) => setChunks({ name, value, maxAge: 60 }, present)

describe("cookies", () => {
  it("are taken apart by the grammar, and what is not a cookie is left out", () => {
    const header = ' a=1; b="quoted"; =no-name; c; d=with,comma; e=f=g ;__Host-x=; a2=\u00e4; f=\\'
    assert.deepStrictEqual(
      [...parseCookies(header)],
      [
        ["a", "1"],
        ["e", "f=g"],
        ["__Host-x", ""],
      ],
    )
    assert.strictEqual(parseCookies("a=1; a=2; b=3").get("a"), undefined)
    assert.strictEqual(parseCookies(`a=${"x".repeat(70_000)}`).size, 0)
    for (const nothing of [null, undefined, "", ";;;"]) assert.strictEqual(parseCookies(nothing).size, 0)
  })

  it("never make the parser throw, whatever the header", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => parseCookies(header).size >= 0))
  })

  it("are set for the whole origin, and for nobody else", () => {
    assert.strictEqual(setCookie(name, "v", 59.9), `${name}=v; Path=/; Max-Age=59; Secure; HttpOnly; SameSite=Lax`)
    assert.strictEqual(removeCookie(name), `${name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`)
    assert.include(setCookie(name, "v", -5), "Max-Age=0")
  })
})

describe("a value in cookies", () => {
  it("comes back as it was, in lines that browsers take", () => {
    fc.assert(
      fc.property(base64url, (value) => {
        const lines = set(value)
        if (lines === undefined) return assert.isAbove(value.length, 9000)
        for (const line of lines) assert.isAtMost(line.length, 3072)
        assert.strictEqual(readChunks(name, browserAfter(lines))[0]?.[0], value)
      }),
    )
  })

  it("leaves nothing of a longer or shorter one before it", () => {
    fc.assert(
      fc.property(base64url, base64url, (one, other) => {
        const [first, second] = [set(one), set(other)]
        if (first === undefined || second === undefined) return
        const before = browserAfter(first)
        const after = browserAfter(set(other, before) ?? [], before)
        assert.lengthOf(readChunks(name, after), 1)
        assert.strictEqual(readChunks(name, after)[0]?.[0], other)
        assert.strictEqual(browserAfter(removeChunks(name, after), after).size, 0)
      }),
    )
  })

  it("with a gap is none, and with a piece too many or in two forms at once it is one of several", () => {
    const read = (...cookies: ReadonlyArray<string>) => readChunks(name, parseCookies(cookies.join("; ")))
    assert.deepStrictEqual(read(`${name}.0=a`, `${name}.1=b`), [["ab", "a"]])
    assert.deepStrictEqual(read(`${name}.0=a`, `${name}.2=c`), [["a"]])
    assert.deepStrictEqual(read(`${name}.1=b`), [])
    assert.deepStrictEqual(read(`${name}=w`, `${name}.0=a`), [["w"], ["a"]])
    assert.deepStrictEqual(read(`${name}=w`, `${name}.9=a`, `${name}.x=a`, `${name}.00=a`), [["w"]])
  })

  it("fills four cookies to the last character; what is longer is refused instead of cut", () => {
    const room = 3072 - setCookie(`${name}.0`, "", 60).length
    for (const [length, cookies] of [
      [room, 1],
      [room + 1, 2],
      [4 * room, 4],
    ] as const) {
      const value = "x".repeat(length)
      const lines = set(value) ?? []
      assert.lengthOf(lines, cookies)
      assert.strictEqual(readChunks(name, browserAfter(lines))[0]?.[0], value)
    }
    assert.isUndefined(set("x".repeat(4 * room + 1)))
  })
})
