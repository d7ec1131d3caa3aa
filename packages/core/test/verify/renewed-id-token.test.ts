import { assert, describe, it } from "@effect/vitest"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import { checkRenewedIdToken } from "../../src/verify/renewed-id-token.ts"

const first = { iss: "https://issuer.example", sub: "alice", aud: "me", azp: "me", iat: 1, nonce: "once" }

const idToken = (claims: object) =>
  Redacted.make([{ alg: "RS256" }, claims, "signature"].map((part) => Base64Url.encode(JSON.stringify(part))).join("."))

describe("a renewed ID token", () => {
  it("is of the same login whatever else has changed", () => {
    for (const change of [{}, { iat: 2, nonce: undefined }, { aud: ["others", "me"] }, { name: "Alice" }]) {
      assert.isUndefined(checkRenewedIdToken(idToken({ ...first, ...change }), idToken(first)))
    }
  })

  it("is refused where it is of another person, issuer or client", () => {
    const others = { iss: "https://other.example", sub: "mallory", aud: ["you"], azp: "you" }
    for (const [claim, other] of Object.entries(others)) {
      const problem = checkRenewedIdToken(idToken({ ...first, [claim]: other }), idToken(first))
      assert.deepInclude(problem, { _tag: "ClaimMismatch", claim, expected: "that of the login" })
    }
    assert.deepInclude(checkRenewedIdToken(idToken({ ...first, sub: undefined }), idToken(first)), { claim: "sub" })
  })

  it("is refused where it cannot be read", () => {
    for (const text of ["none", "a.b.c", ""]) {
      assert.deepInclude(checkRenewedIdToken(Redacted.make(text), idToken(first)), { _tag: "ClaimMismatch" })
    }
  })
})
