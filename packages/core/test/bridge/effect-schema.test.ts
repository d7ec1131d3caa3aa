import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { ClaimsSchema, TargetSchema, TokenSetFromString } from "../../src/bridge/effect-schema.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { encodeTokenSet } from "../../src/model/token-set-json.ts"
import type { TokenSet } from "../../src/model/token-set.ts"

const messageOf = <A>(result: Result.Result<A, Error>): string =>
  Result.isFailure(result) ? result.failure.message : "nothing failed"

describe("claims", () => {
  const decode = Schema.decodeUnknownResult(ClaimsSchema)

  it("come from JSON and go back to it", () => {
    const claims = { iss: "https://issuer.example", aud: ["a", "b"], exp: 1.5, act: { sub: "x" }, tenant: { id: 7 } }
    assert.deepStrictEqual(Schema.decodeUnknownSync(ClaimsSchema)(claims), claims)
    assert.deepStrictEqual(Schema.encodeSync(ClaimsSchema)(claims), claims)
    const text = JSON.stringify(claims)
    const FromText = Schema.fromJsonString(ClaimsSchema)
    assert.deepStrictEqual(Schema.decodeUnknownSync(FromText)(text), claims)
    assert.deepStrictEqual(JSON.parse(Schema.encodeSync(FromText)(claims)), claims)
  })

  it("are narrowed by a schema of the application's own", () => {
    const Ours = ClaimsSchema.pipe(Schema.decodeTo(Schema.Struct({ sub: Schema.String, tenant: Schema.Int })))
    assert.deepStrictEqual(Schema.decodeUnknownSync(Ours)({ sub: "ada", tenant: 7, more: true }), {
      sub: "ada",
      tenant: 7,
    })
    assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(Ours)({ sub: "ada", tenant: "7" })))
    assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(Ours)({ sub: 7, tenant: 7 })))
  })

  it("are refused when a registered one has the wrong type", () => {
    const wrong: ReadonlyArray<readonly [claims: unknown, message: RegExp]> = [
      [{ iss: 7 }, /iss is not a string/],
      [{ exp: "soon" }, /exp is not a finite number/],
      [{ iat: Infinity }, /iat is not a finite number/],
      [{ scope: [7] }, /scope is not a string or a list/],
      [{ aud: ["a", 7] }, /aud is not a string or a list/],
      [{ act: "ada" }, /act is not a JSON object/],
      [[], /object/],
      [null, /object/],
      ["{}", /object/],
    ]
    for (const [claims, message] of wrong) assert.match(messageOf(decode(claims)), message)
  })
})

describe("a target", () => {
  const word = fc.stringMatching(/^[a-z0-9:/._-]{1,12}$/)
  const words = fc.oneof(word, fc.array(word, { maxLength: 5 }))
  const inputs: fc.Arbitrary<TargetInput> = fc.record(
    { audience: words, resource: fc.constantFrom("https://a.example", ["urn:a:b"]), scope: words, organization: word },
    { requiredKeys: [] },
  )

  it("is what parseTarget makes of it, and goes back to an equal one", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const target = Schema.decodeSync(TargetSchema)(input)
        assert.deepStrictEqual(target, Result.getOrThrow(parseTarget(input)))
        const back = Schema.encodeSync(TargetSchema)(target)
        assert.deepStrictEqual(Schema.decodeSync(TargetSchema)(back), target)
        const text = Schema.encodeSync(Schema.fromJsonString(TargetSchema))(target)
        assert.deepStrictEqual(Schema.decodeUnknownSync(Schema.fromJsonString(TargetSchema))(text), target)
      }),
    )
  })

  it("is refused when a value is not allowed, in both directions", () => {
    const wrong: ReadonlyArray<readonly [input: unknown, message: RegExp]> = [
      [{ resource: "not a URI" }, /resource must be an absolute URI/],
      [{ resource: "https://a.example/#part" }, /resource must be an absolute URI/],
      [{ scope: 'a"b' }, /scope has a character/],
      [{ audience: Array.from({ length: 21 }, (_, n) => `a${n}`) }, /audience has more than 20 values/],
      [{ audience: 7 }, /audience/],
      [{ audience: ["a", 7] }, /audience/],
      ["read", /object/i],
    ]
    for (const [input, message] of wrong) {
      assert.match(messageOf(Schema.decodeUnknownResult(TargetSchema)(input)), message)
    }
    const target = { audiences: [], resources: ["not a URI"], scopes: [], organization: undefined }
    assert.isTrue(Result.isFailure(Schema.encodeResult(TargetSchema)(target)))
  })
})

describe("a token set", () => {
  const set: TokenSet = {
    accessToken: Redacted.make("s3cret-at"),
    refreshToken: Redacted.make("s3cret-rt"),
    tokenType: "Bearer",
    receivedAt: 1,
    expiresAt: 2,
    scopes: ["read"],
    presented: "access_token",
  }
  const decode = Schema.decodeUnknownResult(TokenSetFromString)

  it("comes from the text of the stores and goes back to it", () => {
    const text = encodeTokenSet(set)
    const back = Schema.decodeUnknownSync(TokenSetFromString)(text)
    assert.isTrue(Redacted.isRedacted(back.accessToken))
    assert.strictEqual(Redacted.value(back.refreshToken!), "s3cret-rt")
    assert.strictEqual(Schema.encodeSync(TokenSetFromString)(back), text)
  })

  it("is refused when anything is missing or wrong, and no error shows a token", () => {
    const good = JSON.parse(encodeTokenSet(set)) as Record<string, unknown>
    for (const member of ["version", "accessToken", "tokenType", "expiresAt", "scopes", "presented"]) {
      for (const value of [undefined, null, { "s3cret-x": 1 }]) {
        const result = decode(JSON.stringify({ ...good, [member]: value }))
        assert.match(messageOf(result), new RegExp(`${member} is not as written`))
        const { failure } = result as Result.Failure<unknown, Schema.SchemaError>
        assert.notInclude(`${failure.message} ${JSON.stringify(failure)} ${JSON.stringify(failure.issue)}`, "s3cret")
      }
    }
    for (const noise of ["", "s3cret", "[]", "null"]) {
      assert.match(messageOf(decode(noise)), /body is not/)
      assert.notInclude(messageOf(decode(noise)), "s3cret")
    }
    assert.isTrue(Result.isFailure(decode(good)))
  })

  it("is not encoded when it is none", () => {
    const wrong = [
      { ...set, accessToken: "s3cret-at" },
      { ...set, refreshToken: "s3cret-rt" },
      { ...set, expiresAt: Number.NaN },
      {},
    ]
    for (const value of wrong) {
      const result = Schema.encodeUnknownResult(TokenSetFromString)(value)
      assert.isTrue(Result.isFailure(result))
      assert.notInclude(messageOf(result), "s3cret")
    }
  })
})
