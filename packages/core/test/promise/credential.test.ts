import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { expect, test } from "vitest"
import { toCredential } from "../../src/promise/credential.ts"

const value = "a.token.that-nobody-prints"

test("a credential has its token, and nothing prints it", () => {
  const credential = toCredential({ value: Redacted.make(value), type: "DPoP", expiresAt: 1, scopes: ["read"] })
  const { token, authorization } = credential
  expect({ token, authorization }).toEqual({ token: value, authorization: `DPoP ${value}` })
  const printed = { type: "DPoP", expiresAt: 1, scopes: ["read"] }
  expect(JSON.parse(JSON.stringify(credential))).toEqual(printed)
  expect({ ...credential }).toEqual(printed)
  for (const text of [inspect(credential), inspect(credential, { depth: 9, showHidden: true }), String(credential)]) {
    expect(text).not.toContain(value)
  }
})

test("a token that is no access token has no header, and can be had all the same (RFC 8693 §2.2.1)", () => {
  const credential = toCredential({ value: Redacted.make(value), type: "N_A", expiresAt: 1, scopes: [] })
  expect({ token: credential.token, type: credential.type }).toEqual({ token: value, type: "N_A" })
  expect(() => credential.authorization).toThrow(
    expect.objectContaining({
      name: "BearerError",
      code: "token_type_mismatch",
      fix: expect.stringContaining("Bearer"),
    }),
  )
  expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain(value)
})
