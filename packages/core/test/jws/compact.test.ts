import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type CompactJws, makeCompactParser } from "../../src/jws/compact.ts"
import { base64url } from "./forms.ts"

const header = base64url('{"alg":"HS256","typ":"application/AT+JWT","kid":"1"}')
const payload = base64url('{"sub":"someone"}')
const signature = base64url(Buffer.alloc(32, 7))
const whole = `${header}.${payload}.${signature}`

const problemOf = (token: string): string => {
  const parsed = makeCompactParser()(token)
  return Result.isFailure(parsed) ? parsed.failure : "none"
}
const problemOfHeader = (json: string): string => problemOf(`${base64url(json)}.${payload}.${signature}`)

test("a JWS is taken apart", () => {
  const expected: CompactJws = {
    header: { alg: "HS256", typ: "at+jwt", kid: "1" },
    payload: Buffer.from('{"sub":"someone"}'),
    signingInput: `${header}.${payload}`,
    signature: Buffer.alloc(32, 7),
  }
  expect(makeCompactParser()(whole)).toEqual(Result.succeed(expected))
})

describe("what is not the compact serialisation", () => {
  const parts = "does not consist of three non-empty parts"
  test.each([
    ["", parts],
    [".", parts],
    ["..", parts],
    [header, parts],
    [`${header}.${payload}`, parts],
    [`${header}.${payload}.`, parts],
    [`${header}..${signature}`, parts],
    [`.${payload}.${signature}`, parts],
    [`${whole}.${signature}`, parts],
    [`${whole}.`, parts],
    [`${whole}.a.b.c`, parts],
    [`${whole}.a.b`, "has five parts, so it is encrypted (JWE), which is not accepted"],
    ["a.b.c.d.", "has five parts, so it is encrypted (JWE), which is not accepted"],
    [`${" "}${whole}`, "has a header that is not canonical base64url"],
    [`${whole}\n`, "has a signature that is not canonical base64url"],
    [`${header}.${payload}=.${signature}`, "has a payload that is not canonical base64url"],
    ["x".repeat(32_769), "is longer than 32768 characters"],
    ["x".repeat(50_000_000), "is longer than 32768 characters"],
  ])("%.60s", (token, problem) => {
    expect(problemOf(token)).toBe(problem)
  })

  test("what is no string", () => {
    for (const other of [undefined, null, 5, {}, [whole], new String(whole)]) {
      expect(problemOf(other as string)).toBe("is not a string")
    }
  })

  test("a JSON serialisation", () => {
    expect(problemOf(JSON.stringify({ payload, protected: header, signature }))).toContain("three non-empty parts")
  })
})

describe("headers", () => {
  test.each([
    [
      "crit",
      '{"alg":"HS256","crit":["exp"],"exp":1}',
      "has the header parameter crit, and no extension is understood here",
    ],
    [
      "an empty crit",
      '{"alg":"HS256","crit":[]}',
      "has the header parameter crit, and no extension is understood here",
    ],
    ["b64", '{"alg":"HS256","b64":true}', "has the header parameter b64, which is not accepted in a JWT"],
    ["no alg", '{"typ":"JWT"}', "has a header without the string alg"],
    ["alg a list", '{"alg":["HS256"]}', "has a header without the string alg"],
    ["kid a number", '{"alg":"HS256","kid":1}', "has a header whose kid is not a string"],
    ["typ null", '{"alg":"HS256","typ":null}', "has a header whose typ is not a string"],
    ["a member twice", '{"alg":"none","alg":"HS256"}', "has a header that names a member twice"],
    ["a member twice, escaped", '{"alg":"none","\\u0061lg":"HS256"}', "has a header that names a member twice"],
    ["a list", '["HS256"]', "has a header that is not a JSON object"],
    ["no JSON", "{'alg':'HS256'}", "has a header that is not a JSON object"],
    ["a byte order mark", '\ufeff{"alg":"HS256"}', "has a header that is not a JSON object"],
  ])("%s", (_, json, problem) => {
    expect(problemOfHeader(json)).toBe(problem)
  })

  test("keys and addresses of keys in a header are not read", () => {
    const json = { alg: "RS256", jwk: { kty: "oct", k: "AAAA" }, jku: "https://evil.example", x5u: "x", x5c: ["x"] }
    const parsed = makeCompactParser()(`${base64url(JSON.stringify(json))}.${payload}.${signature}`)
    expect(Result.getOrThrow(parsed).header).toEqual({ alg: "RS256", kid: undefined, typ: undefined })
  })

  test("are parsed once, and never mixed up", () => {
    const parse = makeCompactParser()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 300, maxLength: 600 }), (kids) => {
        for (const kid of kids) {
          const text = `${base64url(`{"alg":"HS256","kid":"${kid}"}`)}.${payload}.${signature}`
          expect(Result.getOrThrow(parse(text)).header.kid).toBe(String(kid))
        }
      }),
      { numRuns: 5 },
    )
    expect(Result.getOrThrow(parse(whole)).header).toBe(Result.getOrThrow(parse(whole)).header)
  })
})

test("each content has one spelling: no other text parses to the same", () => {
  const parse = makeCompactParser()
  const original = Result.getOrThrow(parse(whole))
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.string({ unit: "binary", minLength: 0, maxLength: 2 }),
      (at, replacement) => {
        const mutant = whole.slice(0, at) + replacement + whole.slice(at + 1)
        fc.pre(mutant !== whole)
        const parsed = parse(mutant)
        if (Result.isFailure(parsed)) return
        expect([parsed.success.signingInput, parsed.success.signature]).not.toEqual([
          original.signingInput,
          original.signature,
        ])
        expect(bytesOf(parsed.success)).not.toEqual(bytesOf(original))
      },
    ),
    { numRuns: 2000 },
  )
})

const bytesOf = ({ signingInput, signature }: CompactJws): ReadonlyArray<string> =>
  [...signingInput.split(".").map((part) => Buffer.from(part, "base64url")), signature].map((part) =>
    Buffer.from(part).toString("hex"),
  )
