import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

import { decodeJwt } from "jose"
import { afterAll, beforeAll, expect, test } from "vitest"

import { type Issuer, type IssuerConfig, startIssuer } from "../../src/index.ts"
import { type Answer, ORDERS, post } from "../support/issuer.ts"
import { makeKey, sign } from "../support/keys.ts"

const platform = makeKey()
const other = makeKey()
let answer = (): string => JSON.stringify({ keys: [platform.publicJwk] })
let asked = 0
let server: Server
let url = ""
let issuer: Issuer

beforeAll(async () => {
  server = createServer((_, response) => {
    asked += 1
    response.setHeader("content-type", "application/json").end(answer())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config: IssuerConfig = {
    clients: [{ id: "job", auth: "none", grants: ["jwt-bearer"] }],
    apis: [{ audience: ORDERS, scopes: ["read"] }],
    trustedAssertionIssuers: [
      { issuer: url, jwksUri: `${url}/keys`, subjects: ["repo:octo/shop"] },
      { issuer: `${url}/pods`, jwksUri: `${url}/keys`, reusable: true },
      { issuer: `${url}/closed`, jwksUri: "http://127.0.0.1:9/keys" },
    ],
  }
  issuer = await startIssuer({ config })
})
afterAll(async () => {
  await issuer.close()
  server.close()
})

const present = async (assertion: string): Promise<Answer> =>
  post(issuer, "/token", {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    client_id: "job",
    assertion,
    audience: ORDERS,
    scope: "read",
  })
const claims = { iss: "", sub: "repo:octo/shop", aud: "", jti: "one" }
const signed = (more: object, key = platform) => sign(key.privateKey, { ...claims, iss: url, aud: issuer.url, ...more })

test("keys that another issuer publishes are fetched once, when they are needed", async () => {
  expect(asked).toBe(0)
  const { status, body } = await present(await signed({}))
  expect(status).toBe(200)
  expect(decodeJwt(String(body["access_token"]))).toMatchObject({ sub: "repo:octo/shop", client_id: "job" })
  await present(await signed({ jti: "two" }))
  expect(asked).toBe(1)
})

test("an assertion counts once, unless its issuer's may be reused", async () => {
  const once = await signed({ jti: "three" })
  expect((await present(once)).status).toBe(200)
  expect((await present(once)).body["error_description"]).toMatch(/jti was used before/)
  const reused = await signed({ iss: `${url}/pods` })
  expect((await present(reused)).status).toBe(200)
  expect((await present(reused)).status).toBe(200)
})

test.each([
  ["another subject", () => signed({ sub: "repo:evil/fork" }), /may not speak for this subject/],
  ["another key", () => signed({}, other), /signature is not right|no registered key/],
  ["keys that cannot be fetched", () => signed({ iss: `${url}/closed` }), /keys of its issuer could not be fetched/],
])("%s is refused", async (_, make, says) => {
  const { status, body } = await present(await make())
  expect(status).toBe(400)
  expect(body["error"]).toBe("invalid_grant")
  expect(body["error_description"]).toMatch(says)
})

test("keys that are none are told from a wrong signature", async () => {
  const broken = createServer((_, response) => response.end("<html>"))
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve))
  const at = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
  await using trusting = await startIssuer({
    config: {
      clients: [{ id: "job", auth: "none", grants: ["jwt-bearer"] }],
      trustedAssertionIssuers: [{ issuer: at, jwksUri: at }],
    },
  })
  const { body } = await post(trusting, "/token", {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    client_id: "job",
    assertion: await sign(platform.privateKey, { ...claims, iss: at, aud: trusting.url }),
  })
  broken.close()
  expect(body["error_description"]).toMatch(/keys of its issuer could not be fetched/)
})

test.each([
  ["http://keys.example/jwks", /must be https/],
  ["keys", /must be https/],
])("the address %s is none for keys", async (jwksUri, says) => {
  const clients = [{ id: "job", auth: "none", grants: ["jwt-bearer"] }] as const
  const config = { clients, trustedAssertionIssuers: [{ issuer: "https://x.example", jwksUri }] }
  await expect(startIssuer({ config })).rejects.toThrow(says)
})
