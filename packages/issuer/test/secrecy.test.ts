import { decodeJwt } from "jose"
import { afterAll, beforeAll, expect, test } from "vitest"

import { noteMinted } from "../../../scripts/leaks/note.ts"
import { type AuditEntry, type Issuer } from "../src/index.ts"
import { type Answer, API_SECRET, login, ORDERS, PASSWORD, post, SECRET, start, token } from "./support/issuer.ts"

const WRONG = "a wrong but private password"
const lines: Array<string> = []
const heard: Array<AuditEntry> = []
let issuer: Issuer
let answers: ReadonlyArray<Answer> = []

beforeAll(async () => {
  issuer = await start({ collectSecrets: true, log: (line) => void lines.push(line) })
  const stop = issuer.onAudit((entry) => void heard.push(entry))
  const alice = { username: "alice", password: PASSWORD }
  const device = { device: "laptop", scope: "openid offline_access" }
  answers = [
    await token(issuer, { grant_type: "client_credentials", audience: ORDERS, scope: "read" }),
    await token(issuer, { grant_type: "password", ...alice, audience: ORDERS, scope: "openid read offline_access" }),
    await token(issuer, { grant_type: "password", ...alice, password: WRONG }),
    await post(issuer, "/oauth/ro", { ...login, ...device }),
    await post(issuer, "/oauth/ro", { ...login, password: WRONG }),
    await post(issuer, "/token", { grant_type: "client_credentials", client_id: "service", client_secret: WRONG }),
  ]
  stop()
  noteMinted(issuer.minted)
  await token(issuer, { grant_type: "client_credentials", audience: ORDERS })
})
afterAll(() => issuer.close())

const tokensOf = ({ body }: Answer): ReadonlyArray<string> =>
  ["access_token", "id_token", "refresh_token"].flatMap((name) =>
    body[name] === undefined ? [] : [String(body[name])],
  )

test("every token and secret that passed is collected when asked for", () => {
  const expected = [SECRET, API_SECRET, PASSWORD, WRONG, ...answers.flatMap(tokensOf)]
  expect(issuer.minted).toEqual(expect.arrayContaining(expected))
})

test("none of them is in the log, the audit or an error", () => {
  const errors = answers.filter(({ status }) => status !== 200).map(({ body }) => body)
  const public_ = JSON.stringify([lines, issuer.audit, issuer.requests, errors])
  for (const secret of issuer.minted) expect(public_).not.toContain(secret)
  expect(lines.length).toBeGreaterThan(0)
})

test("the audit has the jti of every JWT, and whom it is for", () => {
  const jwts = answers.flatMap(tokensOf).filter((value) => value.split(".").length === 3)
  expect(jwts).toHaveLength(4)
  for (const jwt of jwts) {
    const { jti, sub, aud } = decodeJwt(jwt)
    expect(issuer.audit).toContainEqual(
      expect.objectContaining({ jti, subject: sub, audience: aud, client: "service" }),
    )
  }
})

test("an opaque token is in the audit by its fingerprint", () => {
  const entry = issuer.audit.find(({ grant, kind }) => grant === "oauth-ro" && kind === "access_token")
  expect(entry?.jti).toMatch(/^sha256:[0-9a-f]{16}$/)
})

test("a listener hears every entry until it stops", () => {
  expect(heard).toEqual(issuer.audit.slice(0, heard.length))
  expect(issuer.audit.length).toBe(heard.length + 1)
})

test("nothing is collected unless asked for", async () => {
  await using other = await start()
  await token(other, { grant_type: "client_credentials", audience: ORDERS })
  expect(other.minted).toEqual([])
})
