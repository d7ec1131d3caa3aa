import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type CookieKeys, makeCookieSeal } from "../../src/session/cookie-seal.ts"
import { reasonOf } from "../support/reason.ts"

const first = "the first secret, of 32 bytes or"
const second = "the second secret, of 32 bytes or more"
const use = { purpose: "session", cookie: "__Host-session" }
const sealOf = (keys: CookieKeys, other: Partial<typeof use> = {}) => makeCookieSeal(keys, { ...use, ...other })

describe("a sealed text", () => {
  it.effect("is opened by any of the keys, and told from one of the first", () =>
    Effect.gen(function* () {
      const text = "ä text, and no secret of it is in the cookie"
      const before = yield* (yield* sealOf([second])).seal(text)
      const both = yield* sealOf([Redacted.make(first), second])
      assert.deepStrictEqual(yield* both.open(before), { text, old: true })
      assert.deepStrictEqual(yield* both.open(yield* both.seal(text)), { text, old: false })
      assert.notInclude(Buffer.from(before, "base64url").toString(), "secret")
    }),
  )

  it.effect("is none of another key, purpose or cookie, nor changed anywhere", () =>
    Effect.gen(function* () {
      const seal = yield* sealOf([first])
      const sealed = yield* seal.seal("text")
      for (const other of [
        yield* sealOf([second]),
        yield* sealOf([first], { purpose: "login" }),
        yield* sealOf([first], { cookie: "__Host-other" }),
      ])
        assert.isUndefined(yield* other.open(sealed))
      for (let at = 0; at < sealed.length; at++) {
        const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1)
        // the last bits of a part may mean nothing
        const opened = yield* seal.open(changed)
        assert.isTrue(opened === undefined || opened.text === "text", changed)
      }
      for (const none of ["", ".", "....", "text", sealed.slice(1), `${sealed}.`])
        assert.isUndefined(yield* seal.open(none), none)
    }),
  )

  it.effect("has at most 65536 characters", () =>
    Effect.gen(function* () {
      const seal = yield* sealOf([first])
      const frame = (yield* seal.seal("")).length
      // four characters are three bytes
      const about = Math.floor(((65_536 - frame) * 3) / 4)
      const sizes = yield* Effect.forEach([about - 1, about, about + 1, about + 2], (size) =>
        Effect.gen(function* () {
          const sealed = yield* seal.seal("x".repeat(size))
          return [sealed.length <= 65_536, (yield* seal.open(sealed))?.text.length === size, sealed.length] as const
        }),
      )
      for (const [fits, opened] of sizes) assert.strictEqual(opened, fits)
      assert.isTrue(sizes.some(([, , length]) => length === 65_536))
      assert.isTrue(sizes.some(([fits]) => !fits))
    }),
  )
})

describe("the keys of cookies", () => {
  const fix = "Make a secret with: openssl rand -base64 48"
  const empty = { problem: "is missing or empty", fix: `Check that the variable is set. ${fix}` }
  const wrong: ReadonlyArray<readonly [string, unknown, object]> = [
    ["missing", undefined, empty],
    ["an empty list", [], empty],
    ["an empty text", "", empty],
    ["one of them empty", [first, ""], empty],
    ["one of them missing", [first, undefined], empty],
    ["one of them a number", [first, 5], empty],
    ["short", first.slice(1), { problem: "has a secret of 31 bytes, and at least 32 are needed", fix }],
    ["one of them short", [first, "short"], { problem: "has a secret of 5 bytes, and at least 32 are needed", fix }],
    ["twice the same", [first, Redacted.make(first)], { problem: "has a secret twice", fix: "Leave one of them out." }],
  ]
  for (const [name, keys, told] of wrong) {
    it.effect(`cannot be ${name}`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(sealOf(keys as CookieKeys))
        assert.deepInclude(reason, { _tag: "InvalidOptions", field: "cookieKeys", ...told })
      }),
    )
  }
})
