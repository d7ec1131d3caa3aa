import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import type { Issuer } from "../../src/index.ts"
import { API_SECRET, key, ORDERS, post, REPORTS, SECRET, start, token } from "../support/issuer.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await start()
})
afterAll(() => issuer.close())

const grant = { grant_type: "client_credentials" }

describe("access tokens (RFC 9068)", () => {
  test("for an API with its own secret: HS256 with all required claims", async () => {
    const { status, body } = await token(issuer, { ...grant, audience: ORDERS, scope: "read" })
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3600, scope: "read" })
    const { payload, protectedHeader } = await jwtVerify(String(body["access_token"]), key(API_SECRET), {
      algorithms: ["HS256"],
      typ: "at+jwt",
      issuer: issuer.url,
      audience: ORDERS,
      requiredClaims: ["iat", "exp", "jti", "sub", "client_id"],
    })
    expect(payload).toMatchObject({ sub: "service", client_id: "service", scope: "read" })
    expect(protectedHeader.kid).toBeUndefined()
  })

  test("for any other API: RS256 with a published key, and that API's lifetime", async () => {
    const { body } = await token(issuer, { ...grant, audience: REPORTS })
    const keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`))
    const { payload } = await jwtVerify(String(body["access_token"]), keys, {
      algorithms: ["RS256"],
      audience: REPORTS,
    })
    expect(payload.exp! - payload.iat!).toBe(60)
    expect(body["expires_in"]).toBe(60)
    expect(decodeProtectedHeader(String(body["access_token"])).kid).toMatch(/^rs256-/)
  })

  test("without a target: opaque, and known at introspection until it is revoked", async () => {
    const { body } = await token(issuer, grant)
    const access = { token: String(body["access_token"]) }
    expect(access.token.split(".")).toHaveLength(1)
    expect((await asService(issuer, "/introspect", access)).body).toMatchObject({ active: true, client_id: "service" })
    const revoked = await fetch(`${issuer.url}/revoke`, {
      method: "POST",
      body: new URLSearchParams({ client_id: "service", client_secret: SECRET, ...access }),
    })
    expect(revoked.status).toBe(200)
    expect((await asService(issuer, "/introspect", access)).body).toEqual({ active: false })
  })
})

describe("targets", () => {
  test("resource (RFC 8707) means the same as audience", async () => {
    const { body } = await token(issuer, { ...grant, resource: ORDERS, scope: "write" })
    const { payload } = await jwtVerify(String(body["access_token"]), key(API_SECRET), { audience: ORDERS })
    expect(payload["scope"]).toBe("write")
    expect((await token(issuer, { ...grant, resource: ORDERS, audience: ORDERS })).status).toBe(200)
  })

  test.each([
    ["an unknown audience", { audience: "nobody" }],
    ["an unknown resource", { resource: "https://api.example/nobody" }],
    ["a resource that is no URI", { resource: REPORTS }],
    ["two different targets", { audience: ORDERS, resource: "https://api.example/nobody" }],
  ])("%s is invalid_target", async (_case, form) => {
    expect(await token(issuer, { ...grant, ...form })).toMatchObject({ status: 400, body: { error: "invalid_target" } })
  })

  test("two audiences are invalid_target", async () => {
    const form = new URLSearchParams({ client_id: "service", client_secret: SECRET, ...grant, audience: ORDERS })
    form.append("audience", REPORTS)
    expect(await post(issuer, "/token", form)).toMatchObject({ status: 400, body: { error: "invalid_target" } })
  })
})

describe("scope", () => {
  test("only what the API knows is granted", async () => {
    const { body } = await token(issuer, { ...grant, audience: ORDERS, scope: "read delete" })
    expect(body["scope"]).toBe("read")
  })

  test("only what the client may have is granted", async () => {
    const client = { client_id: "narrow", client_secret: SECRET }
    const { body } = await post(issuer, "/token", { ...client, ...grant, audience: ORDERS, scope: "read write" })
    expect(body["scope"]).toBe("read")
  })

  test("of which nothing may be granted is invalid_scope, and no token is issued", async () => {
    const before = issuer.audit.length
    for (const scope of ["delete", "openid delete"]) {
      expect(await token(issuer, { ...grant, audience: ORDERS, scope })).toMatchObject({
        status: 400,
        body: {
          error: "invalid_scope",
          error_description: `nothing of the scope may be granted (service may have read, write at ${ORDERS})`,
          scope,
        },
      })
    }
    expect(issuer.audit.length).toBe(before)
  })
})

test("a grant that the client does not have is refused", async () => {
  const client = { client_id: "narrow", client_secret: SECRET }
  const { status, body } = await post(issuer, "/token", { ...client, grant_type: "password" })
  expect({ status, error: body["error"] }).toEqual({ status: 400, error: "unauthorized_client" })
})

const asService = (issuer: Issuer, path: string, form: Readonly<Record<string, string>>) =>
  post(issuer, path, { client_id: "service", client_secret: SECRET, ...form })
