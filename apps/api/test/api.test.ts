import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { request } from "node:http"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Api, startApi } from "../src/server.ts"

const audience = "https://orders.example"
const secret = "a secret that the old API shares with its client"
const basic = `Basic ${btoa(`svc:${encodeURIComponent(secret)}`)}`
let issuer: Issuer
let api: Api

beforeAll(async () => {
  issuer = await startIssuer({
    config: {
      clients: [
        { id: "svc", secret, grants: ["client_credentials"] },
        { id: "old-api", secret, grants: ["oauth-ro"] },
      ],
      apis: [{ audience, scopes: ["read"] }, { audience: "https://reports.example" }],
      connections: [{ name: "users", strategy: "database", users: [{ username: "ada", password: "correct horse" }] }],
    },
  })
  api = await startApi({ issuer: issuer.url, audience, legacy: { audience: "old-api", secret } })
})
afterAll(async () => {
  await api.close()
  await issuer.close()
})

const accessToken = async (forAudience: string): Promise<string> => {
  const body = new URLSearchParams({ grant_type: "client_credentials", audience: forAudience })
  const response = await fetch(`${issuer.url}/token`, { method: "POST", headers: { authorization: basic }, body })
  return ((await response.json()) as { access_token: string }).access_token
}
const idToken = async (): Promise<string> => {
  const login = { grant_type: "password", username: "ada", password: "correct horse", connection: "users" }
  const body = new URLSearchParams({ ...login, client_id: "old-api", scope: "openid" })
  const response = await fetch(`${issuer.url}/oauth/ro`, { method: "POST", body })
  return ((await response.json()) as { id_token: string }).id_token
}
const challenge = 'Bearer error="invalid_token", error_description="The access token is not valid here."'
const call = async (path: string, authorization?: string) => {
  const response = await fetch(api.url + path, { headers: authorization === undefined ? {} : { authorization } })
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, challenge: response.headers.get("www-authenticate"), body }
}

describe("the API", () => {
  it("answers the claims of a token signed with the issuer's keys", async () => {
    const { status, body } = await call("/whoami", `Bearer ${await accessToken(audience)}`)
    assert.strictEqual(status, 200)
    assert.deepInclude(body, { iss: issuer.url, aud: audience, sub: "svc", client_id: "svc" })
  })

  it("answers the claims of a token signed with its own secret", async () => {
    const { status, body } = await call("/legacy/whoami", `bearer ${await idToken()}`)
    assert.strictEqual(status, 200)
    assert.deepInclude(body, { iss: issuer.url, aud: "old-api" })
  })

  it("takes neither token for the other's route, nor one for another API", async () => {
    const mixed = await call("/whoami", `Bearer ${await idToken()}`)
    assert.deepInclude(mixed, { status: 401, challenge })
    const other = await call("/legacy/whoami", `Bearer ${await accessToken(audience)}`)
    assert.deepInclude(other, { status: 401, challenge })
    const foreign = await call("/whoami", `Bearer ${await accessToken("https://reports.example")}`)
    assert.deepInclude(foreign, { status: 401, challenge })
    assert.deepStrictEqual(api.refusals.slice(-3), ["algorithm_not_allowed", "algorithm_not_allowed", "claim_mismatch"])
  })

  it("names no error when there is no token, and calls a malformed one a bad request (RFC 6750 §3.1)", async () => {
    for (const header of [undefined, "", "Basic c3ZjOng="]) {
      assert.deepInclude(await call("/whoami", header), { status: 401, challenge: "Bearer" }, header)
    }
    for (const header of ["Bearer", "Bearer ", "Bearer two words", "Bearer\u00a0x"]) {
      const { status, challenge } = await call("/whoami", header)
      assert.strictEqual(status, 400, header)
      assert.match(challenge ?? "", /^Bearer error="invalid_request"/, header)
    }
  })

  it("takes no token where two headers bring one each, as they do over a real connection", async () => {
    const authorization = `Bearer ${await accessToken(audience)}`
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: [authorization, authorization] as unknown as string }
      request(`${api.url}/whoami`, { headers }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end()
    })
    assert.strictEqual(status, 400)
    assert.strictEqual(api.refusals.at(-1), "malformed_credentials")
  })

  it("answers 503, not 401, when the issuer's keys cannot be had", async () => {
    await using lost = await startApi({
      issuer: "http://127.0.0.1:9",
      audience,
      legacy: { audience: "old-api", secret },
    })
    const [header = "", payload = "", signature = ""] = (await accessToken(audience)).split(".")
    const claims = { ...JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))), iss: "http://127.0.0.1:9" }
    const token = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".")
    const response = await fetch(`${lost.url}/whoami`, { headers: { authorization: `Bearer ${token}` } })
    assert.strictEqual(response.status, 503)
    assert.deepInclude(await response.json(), { status: 503, title: "Service Unavailable" })
    assert.deepStrictEqual(lost.refusals, ["keys_unavailable"])
  }, 20_000)
})
