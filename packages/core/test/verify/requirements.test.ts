import * as Result from "effect/Result"
import { describe, expect, test } from "vitest"
import type { Claims } from "../../src/model/claims.ts"
import {
  claimRequired,
  type FreshLogin,
  freshLoginRequired,
  type Requirement,
  scopesRequired,
} from "../../src/verify/requirements.ts"
import { boundTo } from "./prove.ts"

const now = 1_800_000_000
const unmet = (requirement: Requirement, claims: Claims, scopes: ReadonlyArray<string> = []) =>
  requirement({ ...boundTo(undefined), claims, scopes }, now)

describe("scopes", () => {
  test.each([[["read", "two words"]], [["two words", "read"]], [['"read"']], [["a\\b"]], [[""]], [[5]], [[]]])(
    "cannot be %j",
    (scopes) => {
      expect(Result.getOrThrow(Result.flip(scopesRequired(scopes as ReadonlyArray<string>)))).toEqual({
        field: "scopes",
        problem: "must be one or more scopes, without space, quote or backslash",
      })
    },
  )

  test("are required all, and what is missing is told", () => {
    const both = Result.getOrThrow(scopesRequired(["read", "write"]))
    expect(unmet(both, {}, ["write", "read", "more"])).toBeUndefined()
    for (const [scopes, missing] of [
      [["read"], ["write"]],
      [["write"], ["read"]],
      [[], ["read", "write"]],
    ] as const)
      expect(unmet(both, {}, scopes)).toEqual({ _tag: "InsufficientScope", required: ["read", "write"], missing })
  })
})

describe("a claim", () => {
  const notMet = { _tag: "ClaimNotMet", claim: "level" }

  test("is what the function accepts, with nothing but true", () => {
    const required = claimRequired("level", (level) => (level === 1 ? (1 as unknown as boolean) : Number(level) > 2))
    expect(unmet(required, { level: 3 })).toBeUndefined()
    for (const claims of [{ level: 2 }, { level: 1 }, {}]) expect(unmet(required, claims)).toEqual(notMet)
  })

  test("is the value, or a list that has it", () => {
    const required = claimRequired("level", 3)
    for (const level of [3, [3], [1, 3]]) expect(unmet(required, { level })).toBeUndefined()
    for (const level of ["3", [[3]], [], { 0: 3 }, null]) expect(unmet(required, { level })).toEqual(notMet)
  })

  test("that every object inherits is absent", () => {
    const required = claimRequired("constructor", () => true)
    expect(unmet(required, {})).toEqual({ _tag: "ClaimNotMet", claim: "constructor" })
  })
})

describe("a fresh login", () => {
  const tooShort = "must be a duration of a second at least; a number is milliseconds"
  const required = (options: FreshLogin) => Result.getOrThrow(freshLoginRequired(options))

  test("is as old as it may be, and no second older", () => {
    const recent = required({ maxAge: "5 minutes" })
    const stale = { _tag: "LoginNotFresh", acrValues: [], maxAge: 300 }
    for (const auth_time of [now, now - 300]) expect(unmet(recent, { auth_time })).toBeUndefined()
    for (const auth_time of [now - 301, now + 1]) expect(unmet(recent, { auth_time })).toEqual(stale)
    expect(unmet(recent, {})).toEqual(stale)
  })

  test("may be asked for within a second, and no less", () => {
    const current = required({ maxAge: "1 second" })
    expect(unmet(current, { auth_time: now - 1 })).toBeUndefined()
    expect(unmet(current, { auth_time: now - 2 })).toEqual({ _tag: "LoginNotFresh", acrValues: [], maxAge: 1 })
  })

  test("that must be strong alone may be of any time, or of an unknown one", () => {
    const strong = required({ acrValues: ["mfa", "hwk"] })
    const weak = { _tag: "LoginNotFresh", acrValues: ["mfa", "hwk"], maxAge: undefined }
    for (const claims of [{ acr: "hwk" }, { acr: "mfa", auth_time: 1 }]) expect(unmet(strong, claims)).toBeUndefined()
    for (const claims of [{}, { acr: "pwd" }, { auth_time: now }]) expect(unmet(strong, claims)).toEqual(weak)
  })

  test.each<readonly [object, string, string]>([
    [{}, "maxAge", "is missing, and acrValues too"],
    [{ acrValues: [] }, "maxAge", "is missing, and acrValues too"],
    ...["soon", -1, 0, 999].map((maxAge) => [{ maxAge }, "maxAge", tooShort] as const),
    [{ acrValues: ["mfa", "a b"] }, "acrValues", "must be texts without space, quote or backslash"],
    [{ acrValues: [1] }, "acrValues", "must be texts without space, quote or backslash"],
  ])("cannot be asked for with %j", (options, field, problem) => {
    expect(Result.getOrThrow(Result.flip(freshLoginRequired(options)))).toEqual({ field, problem })
  })
})
