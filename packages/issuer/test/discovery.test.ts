import { once } from "node:events"
import { get, type IncomingMessage } from "node:http"
import { text } from "node:stream/consumers"

import { afterAll, beforeAll, expect, test, vi } from "vitest"

import * as names from "../src/index.ts"
import type { Issuer } from "../src/index.ts"
import { read, start } from "./support/issuer.ts"

let issuer: Issuer
const printed: Array<unknown> = []

beforeAll(async () => {
  for (const method of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...line: ReadonlyArray<unknown>) => void printed.push(...line))
  }
  issuer = await start()
})
afterAll(async () => {
  await issuer.close()
  vi.restoreAllMocks()
})

test("the public names", () => {
  expect(Object.keys(names).sort()).toEqual(["IssuerConfigError", "defineIssuer", "startIssuer"])
})

test("binds to loopback and says who it is in both metadata documents", async () => {
  expect(issuer.url).toBe(`http://127.0.0.1:${issuer.port}`)
  for (const name of ["openid-configuration", "oauth-authorization-server"]) {
    const { status, body } = await read(await fetch(`${issuer.url}/.well-known/${name}`))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      issuer: issuer.url,
      authorization_endpoint: `${issuer.url}/authorize`,
      token_endpoint: `${issuer.url}/token`,
      introspection_endpoint: `${issuer.url}/introspect`,
      revocation_endpoint: `${issuer.url}/revoke`,
      userinfo_endpoint: `${issuer.url}/userinfo`,
      jwks_uri: `${issuer.url}/jwks`,
      code_challenge_methods_supported: ["S256"],
      grant_types_supported: expect.arrayContaining([
        "client_credentials",
        "password",
        "http://auth0.com/oauth/grant-type/password-realm",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:device_code",
        "implicit",
      ]),
      response_types_supported: expect.arrayContaining(["code", "id_token", "id_token token"]),
    })
  }
})

test("endpoints follow the issuer, not what a request claims", async () => {
  const headers = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" }
  const [response] = (await once(get(`${issuer.url}/.well-known/openid-configuration`, { headers }), "response")) as [
    IncomingMessage,
  ]
  const body = JSON.parse(await text(response)) as Record<string, unknown>
  expect(body["token_endpoint"]).toBe(`${issuer.url}/token`)
})

test("publishes an RSA and an EC key, and no private part", async () => {
  const { body } = await read(await fetch(`${issuer.url}/jwks`))
  const keys = body["keys"] as ReadonlyArray<Record<string, unknown>>
  expect(keys.map(({ alg }) => alg)).toEqual(["RS256", "ES256"])
  expect(keys.every(({ d }) => d === undefined)).toBe(true)
})

test("counts requests by path", async () => {
  await fetch(`${issuer.url}/jwks?x=1`)
  const count = issuer.countRequests("/jwks")
  await fetch(`${issuer.url}/jwks`)
  expect(issuer.countRequests("/jwks")).toBe(count + 1)
  expect(issuer.countRequests("/jwks", "GET")).toBe(count + 1)
  expect(issuer.countRequests("/jwks", "POST")).toBe(0)
  await vi.waitFor(() => expect(issuer.requests.at(-1)).toMatchObject({ method: "GET", path: "/jwks", status: 200 }))
})

test("close can be called twice, and a port in use is said plainly", async () => {
  await expect(start({ port: issuer.port })).rejects.toThrow(`port ${issuer.port} on 127.0.0.1 is in use`)
  const other = await start()
  await Promise.all([other.close(), other.close()])
  await expect(fetch(other.url)).rejects.toThrow("fetch failed")
})

test("prints nothing by itself", () => {
  expect(printed).toEqual([])
})
