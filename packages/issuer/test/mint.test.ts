import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose"
import { afterAll, beforeAll, expect, test } from "vitest"

import type { Issuer } from "../src/index.ts"
import { API_SECRET, key, ORDERS, REPORTS, start } from "./support/issuer.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await start({ collectSecrets: true })
})
afterAll(() => issuer.close())

const published = () => createRemoteJWKSet(new URL(`${issuer.url}/jwks`))

test("a token as the token endpoint would give it, with the issuer's key and claims of one's own", async () => {
  const token = await issuer.mint({ audience: REPORTS, subject: "ada", scope: "read", claims: { roles: ["auditor"] } })
  const { payload } = await jwtVerify(token, published(), {
    algorithms: ["RS256"],
    typ: "at+jwt",
    issuer: issuer.url,
    audience: REPORTS,
    requiredClaims: ["iat", "exp", "jti", "sub", "client_id"],
  })
  expect(payload).toMatchObject({ sub: "ada", client_id: "service", scope: "read", roles: ["auditor"] })
  expect(payload.exp! - payload.iat!).toBe(60)
})

test("for an API with its own secret: HS256", async () => {
  const { payload } = await jwtVerify(await issuer.mint({ audience: ORDERS }), key(API_SECRET), { audience: ORDERS })
  expect(payload.sub).toBe("service")
})

test("one that is wrong in time, audience, kind or any claim", async () => {
  const before = Date.now() / 1000
  const expired = decodeJwt(await issuer.mint({ audience: REPORTS, expiresIn: -30 }))
  expect(expired.exp).toBeLessThanOrEqual(before - 29)
  expect(expired.iat).toBeLessThan(expired.exp!)
  const elsewhere = await issuer.mint({ audience: ["https://unknown.example", REPORTS] })
  expect((await jwtVerify(elsewhere, published())).payload.aud).toEqual(["https://unknown.example", REPORTS])
  expect(decodeProtectedHeader(await issuer.mint({ audience: REPORTS, type: "JWT" })).typ).toBe("JWT")
  const odd = decodeJwt(
    await issuer.mint({ audience: REPORTS, claims: { iss: "https://evil.example", sub: undefined } }),
  )
  expect(odd).toMatchObject({ iss: "https://evil.example" })
  expect(odd).not.toHaveProperty("sub")
})

test("it is in the audit, and among what a test looks for", async () => {
  const token = await issuer.mint({ audience: REPORTS, subject: "grace", scope: "read" })
  expect(issuer.audit.at(-1)).toMatchObject({ subject: "grace", audience: REPORTS, grant: "mint", scope: "read" })
  expect(issuer.minted).toContain(token)
})
