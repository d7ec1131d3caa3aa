import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

import { startSlapd } from "@bearerkit/services"
import { decodeJwt } from "jose"
import { afterEach, beforeEach, expect, test } from "vitest"

import type { ClientConfig, Issuer, IssuerConfig } from "../src/index.ts"
import { Browser } from "./support/browser.ts"
import { type Answer, ORDERS, PASSWORD, SECRET, start } from "./support/issuer.ts"
import { alice, authorize, authorizeAlice, codeRequest, passPages, responseOf } from "./support/login.ts"
import { withoutSlapd } from "./support/slapd.ts"
import { CLOSED, everyWire, type Left, logIn, type Wire, wiresConfig } from "./support/wires.ts"

let folder = ""
let file = ""
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-wires-"))
  file = join(folder, "users.sqlite")
})
afterEach(() => rm(folder, { recursive: true }))

const startWires = (client: Partial<ClientConfig> = {}): Promise<Issuer> => {
  const users = ["alice", "bob"].map((username) => ({ username, password: PASSWORD }))
  return startFast(wiresConfig({ name: "users", strategy: "database", file, users }, client))
}

/** With a clock so fast that nothing is one too many. */
const startFast = (config: IssuerConfig): Promise<Issuer> => {
  let time = Date.UTC(2026, 0, 1)
  return start({ config, now: () => (time += 60_000) })
}

const change = (statement: string): void => {
  const database = new DatabaseSync(file)
  database.exec(statement)
  database.close()
}

const said = ({ status, body }: Answer): string => (status === 200 ? "200" : `${status} ${String(body["error"])}`)

const askAll = async (wires: Readonly<Record<string, Wire>>, ask: (wire: Wire) => Promise<Answer>) => {
  const answers: Record<string, string> = {}
  for (const [name, wire] of Object.entries(wires)) answers[name] = said(await ask(wire))
  return answers
}

const LOGINS = {
  password: "200",
  "password-realm": "200",
  authorization_code: "200",
  device_code: "200",
  refresh_token: "200",
  "jwt-bearer": "200",
  "oauth/ro, password": "200",
  "oauth/ro, ID token": "200",
}
const DELEGATIONS = {
  on_behalf_of: "200",
  "exchange of an access token": "200",
  "exchange of an opaque token": "200",
  "exchange of an ID token": "200",
  "exchange with the person as actor": "200",
  "delegation, ID token": "200",
  "delegation, refresh token": "200",
}
const REFUSED_PERSON = {
  password: "400 invalid_grant",
  "password-realm": "400 invalid_grant",
  authorization_code: "400 invalid_grant",
  device_code: "400 invalid_grant",
  refresh_token: "400 invalid_grant",
  "jwt-bearer": "400 invalid_grant",
  on_behalf_of: "400 invalid_grant",
  "exchange of an access token": "400 invalid_request",
  "exchange of an opaque token": "400 invalid_request",
  "exchange of an ID token": "400 invalid_request",
  "exchange with the person as actor": "400 invalid_request",
}

test("a person who is there, with all that is right", async () => {
  await using issuer = await startWires()
  const wires = await everyWire(issuer, await logIn(issuer))
  expect(await askAll(wires, (wire) => wire(issuer))).toEqual({ ...LOGINS, ...DELEGATIONS })
})

test("a person who was blocked meanwhile", async () => {
  await using issuer = await startWires()
  const wires = await everyWire(issuer, await logIn(issuer))
  change("UPDATE users SET blocked = 1")
  expect(await askAll(wires, (wire) => wire(issuer))).toEqual({
    ...REFUSED_PERSON,
    "oauth/ro, password": "401 unauthorized",
    "oauth/ro, ID token": "401 unauthorized",
    "delegation, ID token": "401 unauthorized",
    "delegation, refresh token": "401 unauthorized",
  })
})

test("a person who has gone meanwhile", async () => {
  await using issuer = await startWires()
  const wires = await everyWire(issuer, await logIn(issuer))
  change("DELETE FROM users")
  expect(await askAll(wires, (wire) => wire(issuer))).toEqual({
    ...REFUSED_PERSON,
    "oauth/ro, password": "401 invalid_user_password",
    "oauth/ro, ID token": "400 invalid_grant",
    "delegation, ID token": "401 invalid_grant",
    "delegation, refresh token": "401 invalid_grant",
  })
})

test("a connection that was disabled meanwhile; its refresh tokens and codes are gone with the issuer", async () => {
  await using issuer = await startWires()
  const wires = await everyWire(issuer, await logIn(issuer))
  const disabled = wiresConfig({ name: "users", strategy: "database", file, disabled: true })
  await using restarted = await startFast({ ...disabled, issuer: issuer.url })
  const there = { ...restarted, url: `http://127.0.0.1:${restarted.port}` }
  expect(await askAll(wires, (wire) => wire(there))).toEqual({
    ...REFUSED_PERSON,
    password: "400 invalid_request",
    "password-realm": "400 invalid_request",
    "oauth/ro, password": "400 invalid_request",
    "oauth/ro, ID token": "400 invalid_request",
    "delegation, ID token": "401 invalid_grant",
    "delegation, refresh token": "401 invalid_grant",
  })
})

test.skipIf(withoutSlapd)("a directory that went down: never a refusal", async () => {
  const slapd = await startSlapd({ people: [{ uid: "alice", password: PASSWORD }] })
  const { url, bindDn, bindPassword, baseDn: base } = slapd
  await using issuer = await startFast(
    wiresConfig({ name: "users", strategy: "ldap", url, bindDn, bindPassword, base }),
  )
  const wires = await everyWire(issuer, await logIn(issuer))
  await slapd.close()
  const outage = "503 temporarily_unavailable"
  const all = Object.keys({ ...LOGINS, ...DELEGATIONS }).map((name) => [name, outage])
  expect(await askAll(wires, (wire) => wire(issuer))).toEqual(Object.fromEntries(all))
})

test("a login that was revoked ends what the issuer keeps; a JWT is good until it expires", async () => {
  await using issuer = await startWires()
  const left = await logIn(issuer)
  const wires = await everyWire(issuer, left)
  const revoke = (client_id: string, name: keyof Left): Promise<Response> =>
    fetch(`${issuer.url}/revoke`, {
      method: "POST",
      body: new URLSearchParams({ client_id, client_secret: SECRET, token: left[name] }),
    })
  for (const name of ["refreshToken", "opaqueToken"] as const) expect((await revoke("app", name)).status).toBe(200)
  expect((await revoke("old", "oldRefreshToken")).status).toBe(200)
  expect(await askAll(wires, (wire) => wire(issuer))).toEqual({
    ...LOGINS,
    ...DELEGATIONS,
    refresh_token: "400 invalid_grant",
    "exchange of an opaque token": "400 invalid_request",
    "delegation, refresh token": "401 invalid_grant",
  })
})

test("a client that may have less than it asks for gets that and no more", async () => {
  const granted = async (client: Partial<ClientConfig>) => {
    await using issuer = await startWires(client)
    const scopes: Record<string, unknown> = {}
    for (const [name, wire] of Object.entries(await everyWire(issuer, await logIn(issuer)))) {
      const { body } = await wire(issuer)
      // The ID tokens of the old endpoints have attributes, and no scope.
      if (!/^(oauth|delegation)/.test(name)) scopes[name] = decodeJwt(String(body["access_token"]))["scope"]
    }
    return [...new Set(Object.values(scopes))]
  }
  expect(await granted({})).toEqual(["read write"])
  expect(await granted({ scope: "read" })).toEqual(["read"])
})

test("a target that nobody knows", async () => {
  await using issuer = await startWires()
  const wires = await everyWire(issuer, await logIn(issuer))
  const answers = await askAll(wires, (wire) => wire(issuer, "unknown"))
  const all = Object.keys({ ...LOGINS, ...DELEGATIONS }).map((name) => [name, "400 invalid_target"])
  expect(answers).toEqual({
    ...Object.fromEntries(all),
    // It has no target.
    "oauth/ro, password": "200",
    "oauth/ro, ID token": "200",
    "delegation, ID token": "400 invalid_request",
    "delegation, refresh token": "400 invalid_request",
  })
})

test("a person for whom another alone may act: they log in as ever", async () => {
  await using issuer = await startWires({ mayAct: "another" })
  const wires = await everyWire(issuer, await logIn(issuer))
  expect(await askAll(wires, (wire) => wire(issuer))).toEqual({
    ...LOGINS,
    on_behalf_of: "400 invalid_grant",
    "exchange of an access token": "400 invalid_request",
    "exchange of an opaque token": "400 invalid_request",
    "exchange of an ID token": "400 invalid_request",
    "exchange with the person as actor": "400 invalid_request",
    "delegation, ID token": "403 unauthorized_client",
    "delegation, refresh token": "403 unauthorized_client",
  })
  expect(new Set(issuer.refusals.map(({ reason }) => reason))).toEqual(new Set(["actor_not_allowed"]))
})

test("a target with an empty list: nobody acts for others there, people log in", async () => {
  await using issuer = await startWires()
  const {
    authorization_code: _,
    device_code: _d,
    refresh_token: _r,
    ...wires
  } = await everyWire(issuer, await logIn(issuer))
  const answers = await askAll(wires, (wire) => wire(issuer, CLOSED))
  const { authorization_code: _c, device_code: _v, refresh_token: _f, ...logins } = LOGINS
  const refused = Object.keys(DELEGATIONS).map((name) => [
    name,
    name.startsWith("delegation") ? "403 unauthorized_client" : "400 unauthorized_client",
  ])
  expect(answers).toEqual({ ...logins, ...Object.fromEntries(refused) })
  expect(new Set(issuer.refusals.map(({ reason }) => reason))).toEqual(new Set(["caller_not_allowed"]))
})

test.each(["code", "id_token token"])(
  "a session of a person who was blocked gives no %s, and lets another log in",
  async (response_type) => {
    await using issuer = await startWires()
    const browser = new Browser()
    const asked = { ...codeRequest, client_id: "app", response_type, audience: ORDERS }
    const some = { [response_type === "code" ? "code" : "access_token"]: expect.any(String) }
    expect(responseOf(await authorizeAlice(issuer, asked, browser))).toMatchObject(some)
    const again = { ...asked, prompt: "none" }
    expect(responseOf(await authorize(issuer, browser, again))).toMatchObject(some)
    change("UPDATE users SET blocked = 1 WHERE login = 'alice'")
    expect(responseOf(await authorize(issuer, browser, again))).toMatchObject({ error: "login_required" })
    const page = await browser.submit(await authorize(issuer, browser, asked), alice)
    expect(page.text).toContain("user is blocked")
    const agreeing = await browser.submit(page, { ...alice, username: "bob" })
    expect(responseOf(await passPages(browser, agreeing))).toMatchObject(some)
  },
)
