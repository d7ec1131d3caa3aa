import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { SignJWT } from "jose"
import { securityToken } from "../../src/acquire/security-token.ts"

const jwt = (exp: unknown) =>
  Effect.promise(() =>
    new SignJWT({ exp: exp as number }).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32)),
  )

describe("a token that is to be traded", () => {
  const refused: ReadonlyArray<readonly [name: string, token: string, problem: RegExp]> = [
    ["is empty", "", /empty/],
    ["is a header", "Bearer abc", /after the scheme/],
    ["is a DPoP header", "dpop abc", /after the scheme/],
    ["has a space", "a b", /spaces/],
    ["ends in a line break", "abc\n", /spaces/],
    ["begins with a tab", "\tabc", /spaces/],
    ["has a NUL", "a\0b", /other characters/],
    ["is not ASCII", "tökén", /other characters/],
  ]
  for (const [name, token, problem] of refused) {
    it.effect(`is refused when it ${name}, before it is sent`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(securityToken(token))
        assert.strictEqual(error.explanation.code, "invalid_options")
        assert.match(error.message, problem)
        if (token.length > 3) assert.notInclude(error.message, token)
      }),
    )
  }

  it.effect("that is no text is refused", () =>
    Effect.gen(function* () {
      for (const token of [Redacted.make(7), Redacted.make(undefined), Redacted.make({}), undefined, null, 7, {}]) {
        const error = yield* Effect.flip(securityToken(token as unknown as Redacted.Redacted<string>))
        assert.strictEqual(error.explanation.code, "invalid_options")
      }
    }),
  )

  it.effect("is named by a digest and never printed", () =>
    Effect.gen(function* () {
      const one = yield* securityToken("the-token")
      const two = yield* securityToken(Redacted.make("the-token"))
      assert.strictEqual(one.digest, two.digest)
      assert.match(one.digest, /^[0-9a-f]{64}$/)
      assert.notInclude(`${JSON.stringify(one)} ${inspect(one)}`, "the-token")
    }),
  )

  it.effect("another user's token in the exchange cache: two tokens never share a digest", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.stringMatching(/^[!-~]{1,80}$/), fc.stringMatching(/^[!-~]{1,80}$/), async (a, b) => {
          const [one, two] = await Promise.all(
            [a, b].map((each) => Effect.runPromise(Effect.result(securityToken(each)))),
          )
          if (one?._tag !== "Success" || two?._tag !== "Success") return
          assert.strictEqual(one.success.digest === two.success.digest, a === b)
        }),
      ),
    ),
  )

  it.effect("has a type by short name or by URI", () =>
    Effect.gen(function* () {
      const types = ["access_token", "id_token", "urn:example:own", "https://example.com/type"]
      const uris = yield* Effect.forEach(types, (type) =>
        Effect.map(securityToken("t", { type }), (token) => token.type),
      )
      const prefix = "urn:ietf:params:oauth:token-type:"
      assert.deepStrictEqual(uris, [`${prefix}access_token`, `${prefix}id_token`, "urn:example:own", types[3]])
      const error = yield* Effect.flip(securityToken("t", { type: "://" }))
      assert.deepInclude(error.reason, { field: "type" })
    }),
  )

  it.effect("takes a JWT's end as a hint, and one in the past as none", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000_000_000)
      assert.strictEqual((yield* securityToken(yield* jwt(1_000_000_100))).expiresAt, 1_000_000_100_000)
      assert.strictEqual((yield* securityToken(yield* jwt(999_999_999))).expiresAt, undefined)
      assert.strictEqual((yield* securityToken(yield* jwt(1_000_000_100), { expiresAt: 5 })).expiresAt, 5)
      assert.strictEqual((yield* securityToken("opaque")).expiresAt, undefined)
    }),
  )
})
