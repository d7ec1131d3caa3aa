import { afterAll, beforeAll, expect, test } from "vitest"

import { type Issuer } from "../src/index.ts"
import { Browser } from "./support/browser.ts"
import { aliceToken, as, BILLING, CLOSED, exchange, exchangeConfig, startExchange, TYPE } from "./support/exchange.ts"
import { type Answer, login, ORDERS, post, SECRET } from "./support/issuer.ts"
import { authorizeAlice, CALLBACK, passPages, responseOf } from "./support/login.ts"

const WRONG = "a wrong but private password"
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
const lines: Array<string> = []
const answers: Array<Answer> = []
const expected: Array<string> = []
let issuer: Issuer

beforeAll(async () => {
  const clients = [
    ...exchangeConfig.clients,
    { id: "app", secret: SECRET, grants: ["oauth-ro", "delegation"] },
    { id: "page", grants: ["implicit"], redirectUris: [CALLBACK] },
    { id: "tv", grants: ["device-code"] },
  ]
  issuer = await startExchange({
    config: { ...exchangeConfig, clients },
    collectSecrets: true,
    log: (line) => void lines.push(line),
  })
  await delegateTheOldWay()
  await exchangeTokens()
  await connectDevice()
  await openPage()
})
afterAll(() => issuer.close())

const keep = (answer: Answer): Answer => {
  answers.push(answer)
  for (const name of ["access_token", "id_token", "refresh_token", "device_code"]) {
    if (typeof answer.body[name] === "string") expected.push(answer.body[name])
  }
  return answer
}

const delegateTheOldWay = async (): Promise<void> => {
  const scope = { scope: "openid offline_access", device: "phone" }
  const { body } = keep(await post(issuer, "/oauth/ro", { ...login, client_id: "app", ...scope }))
  const form = { client_id: "app", grant_type: JWT_BEARER, target: ORDERS }
  const id_token = String(body["id_token"])
  const refresh_token = String(body["refresh_token"])
  keep(await post(issuer, "/delegation", { ...form, id_token }))
  keep(await post(issuer, "/delegation", { ...form, refresh_token }))
  keep(await post(issuer, "/delegation", { ...form, id_token: `${id_token}x` }))
  keep(await post(issuer, "/delegation", { ...form, id_token, target: refresh_token }))
  keep(await post(issuer, "/delegation", { ...form, id_token, client_secret: WRONG }))
  keep(await post(issuer, "/delegation", { ...form, id_token, api_type: id_token }))
  keep(await post(issuer, "/tokeninfo", { id_token }))
  keep(await post(issuer, "/tokeninfo", { id_token: `${id_token}x` }))
}

const exchangeTokens = async (): Promise<void> => {
  const subject_token = await aliceToken(issuer)
  expected.push(subject_token)
  const form = { subject_token, audience: BILLING, scope: "pay" }
  keep(await exchange(issuer, "web", form))
  keep(await exchange(issuer, "web", { ...form, audience: CLOSED }))
  keep(await exchange(issuer, "web", { ...form, audience: subject_token }))
  keep(await exchange(issuer, "web", { ...form, subject_token: `${subject_token}x` }))
  keep(await exchange(issuer, "web", { ...form, subject_token_type: subject_token }))
  keep(await exchange(issuer, "web", { ...form, actor_token: subject_token, actor_token_type: `${TYPE}id_token` }))
  const obo = { grant_type: JWT_BEARER, requested_token_use: "on_behalf_of", assertion: subject_token }
  keep(await as(issuer, "orders-api", { ...obo, audience: BILLING }))
  keep(await as(issuer, "orders-api", { ...obo, scope: subject_token }))
  keep(await as(issuer, "web", { grant_type: subject_token }))
  keep(await post(issuer, "/introspect", { client_id: "web", client_secret: WRONG, token: subject_token }))
}

const connectDevice = async (): Promise<void> => {
  const { body } = keep(await post(issuer, "/device/auth", { client_id: "tv", scope: "openid" }))
  const browser = new Browser()
  const page = await browser.open(issuer.url, String(body["verification_uri_complete"]))
  await passPages(browser, await browser.submit(page))
  const device_code = String(body["device_code"])
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code"
  keep(await post(issuer, "/token", { client_id: "tv", grant_type, device_code }))
}

const openPage = async (): Promise<void> => {
  const request = {
    client_id: "page",
    response_type: "id_token token",
    redirect_uri: CALLBACK,
    scope: "openid",
    nonce: "n",
  }
  const { access_token = "", id_token = "" } = responseOf(await authorizeAlice(issuer, request))
  expected.push(access_token, id_token)
  await new Browser().open(issuer.url, `/session/end?${new URLSearchParams({ id_token_hint: `${id_token}x` })}`)
}

test("every token and secret of these flows is collected", () => {
  expect(expected.length).toBeGreaterThan(12)
  expect(issuer.minted).toEqual(expect.arrayContaining([...expected, WRONG, SECRET]))
})

test("none is in the log, the audit, the refusals, the refreshes or an error", () => {
  const errors = answers.filter(({ status }) => status >= 400).map(({ body }) => body)
  expect(errors.length).toBeGreaterThan(8)
  const records = [issuer.audit, issuer.refusals, issuer.refreshes, issuer.requests]
  const public_ = JSON.stringify([lines, records, errors])
  for (const secret of issuer.minted) expect(public_).not.toContain(secret)
})
