import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isAboutToken } from "../../src/call/challenge.ts"
import { formatChallenge, parseChallenges } from "../../src/protocol/challenge.ts"

const parsed = (header: string) => parseChallenges(header).map(({ scheme, params }) => [scheme, { ...params }])

describe("challenges", () => {
  it("are read as they were written, whatever is in them", () => {
    const value = fc.string({ unit: fc.constantFrom(..." !#az,=/:?%~[]{}") })
    const name = fc.constantFrom("realm", "scope", "error", "error_description", "acr_values", "resource_metadata")
    const challenge = fc.record({ scheme: fc.constantFrom("Bearer", "DPoP"), params: fc.dictionary(name, value) })
    fc.assert(
      fc.property(fc.array(challenge), (challenges) => {
        const header = challenges.map(formatChallenge).join(", ")
        expect(parsed(header)).toEqual(challenges.map(({ scheme, params }) => [scheme, { ...params }]))
      }),
    )
  })

  it("have no quote, backslash, control or foreign character in a value", () => {
    const params = { error_description: 'a "quote"\r\nX: y \\ é' }
    expect(formatChallenge({ scheme: "Bearer", params })).toBe('Bearer error_description="a ?quote???X: y ? ?"')
    expect(formatChallenge({ scheme: "Bearer", params: {} })).toBe("Bearer")
  })

  it("of several kinds share a header", () => {
    expect(
      parsed('Basic realm="a, b", Negotiate aGk=, bearer Error=invalid_token , x = "q\\"q",, DPoP algs="ES256"'),
    ).toEqual([
      ["Basic", { realm: "a, b" }],
      ["Negotiate", {}],
      ["bearer", { error: "invalid_token", x: 'q"q' }],
      ["DPoP", { algs: "ES256" }],
    ])
  })

  it("that are not well formed give what stands before the mistake, and never take long", () => {
    expect(parsed('Bearer error="x", "y"')).toEqual([["Bearer", { error: "x" }]])
    expect(parsed('Bearer error="never ends')).toEqual([
      ["Bearer", {}],
      ["error", {}],
    ])
    expect(parsed('Bearer error="a", error="b", __proto__="c"')[0]?.[1]).toMatchObject({ error: "a" })
    for (const text of ["", ",,,", "=", '"', "\0", " "]) expect(parsed(text)).toEqual([])
    fc.assert(fc.property(fc.string(), (text) => void parsed(text)))
    for (const part of ['a="', "a=b,", "a ", ", ", "a=", "\\", 'x="\\'])
      expect(parsed(part.repeat(100_000)).length).toBeLessThan(8192)
  })

  it("are about the token unless their error or claims say otherwise, and not what merely looks like it", () => {
    const about = (challenge: string) => isAboutToken(new Headers({ "www-authenticate": challenge }))
    expect(about('DPoP algs="ES256", Bearer error=insufficient_user_authentication')).toBe(false)
    expect(about('Bearer claims="e30=", error="insufficient_claims"')).toBe(false)
    expect(about('Bearer error="invalid_token", error_description="error=insufficient_user_authentication"')).toBe(true)
    expect(isAboutToken(new Headers())).toBe(true)
  })
})
