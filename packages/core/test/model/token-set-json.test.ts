import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import type { TokenSet } from "../../src/model/token-set.ts"
import { decodeTokenSet, encodeTokenSet } from "../../src/model/token-set-json.ts"

const text = fc.string({ minLength: 1 })
const secret = text.map((value) => Redacted.make(value))
const sets: fc.Arbitrary<TokenSet> = fc.record(
  {
    accessToken: secret,
    tokenType: fc.constantFrom("Bearer", "DPoP", "N_A"),
    receivedAt: fc.nat(),
    expiresAt: fc.nat(),
    scopes: fc.array(text),
    presented: fc.constantFrom("access_token", "id_token"),
    idToken: secret,
    refreshToken: secret,
    issuedTokenType: text,
  },
  { requiredKeys: ["accessToken", "tokenType", "receivedAt", "expiresAt", "scopes", "presented"] },
)

describe("a token set as text", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(sets, (set) => {
        const back = Result.getOrThrow(decodeTokenSet(encodeTokenSet(set)))
        assert.strictEqual(encodeTokenSet(back), encodeTokenSet(set))
        assert.deepStrictEqual(Object.keys(back).sort(), Object.keys(set).sort())
      }),
    )
  })

  it("is refused when anything is missing or different", () => {
    fc.assert(
      fc.property(
        sets,
        fc.jsonValue(),
        fc.constantFrom("version", "accessToken", "expiresAt", "scopes", "presented"),
        (set, value, member) => {
          const json = JSON.parse(encodeTokenSet(set)) as Record<string, unknown>
          fc.pre(typeof value !== typeof json[member] || value === null)
          assert.isTrue(Result.isFailure(decodeTokenSet(JSON.stringify({ ...json, [member]: value }))))
          delete json[member]
          assert.isTrue(Result.isFailure(decodeTokenSet(JSON.stringify(json))))
        },
      ),
    )
  })

  it("is refused when it is no such text at all", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (noise) => {
        assert.isTrue(Result.isFailure(decodeTokenSet(noise)))
      }),
    )
  })
})
