import { createServer } from "node:net"

import { type Slapd, startSlapd } from "@bearerkit/services"
import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type ConnectionConfig, type Issuer, type LdapConnectionConfig, startIssuer } from "../../src/index.ts"
import { type Answer, post, SECRET, token } from "../support/issuer.ts"
import { withoutSlapd } from "../support/slapd.ts"

const BOB = "hunter two"
const people = [
  { uid: "bob", cn: "Bob Builder", sn: "Builder", mail: "bob@example.test", password: BOB },
  { uid: "Robert (Bob) *", cn: "Robert", password: BOB },
  { uid: "eve", mail: "bob@example.test", password: "eve's" },
]

describe.skipIf(withoutSlapd)("LDAP", () => {
  let slapd: Slapd
  let issuer: Issuer
  const lines: Array<string> = []

  beforeAll(async () => {
    slapd = await startSlapd({ people })
    const other = await startSlapd()
    await other.close()
    issuer = await startIssuer({
      log: (line) => void lines.push(line),
      config: {
        clients: [{ id: "service", secret: SECRET, grants: ["oauth-ro", "password-realm", "refresh_token"] }],
        connections: connectionsOf(slapd, other),
      },
    })
  })
  afterAll(async () => {
    await issuer.close()
    await slapd.close()
  })

  const ask = (connection: string, form: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    post(issuer, "/oauth/ro", {
      client_id: "service",
      grant_type: "password",
      connection,
      username: "bob",
      password: BOB,
      ...form,
    })

  test.each(["plain", "starttls", "ldaps"])("search and bind over %s", async (connection) => {
    const { status, body } = await ask(connection, { scope: "openid profile" })
    expect(status).toBe(200)
    const claims = decodeJwt(String(body["id_token"]))
    expect(claims).toMatchObject({
      username: "bob",
      name: "Bob Builder",
      family_name: "Builder",
      email: "bob@example.test",
    })
    expect(claims.sub).toMatch(/^ldap\|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(claims).not.toHaveProperty("email_verified")
  })

  test("the token endpoint logs in and refreshes with the same directory", async () => {
    const grant = { grant_type: "http://auth0.com/oauth/grant-type/password-realm", realm: "starttls" }
    const first = await token(issuer, { ...grant, username: "bob", password: BOB, scope: "openid offline_access" })
    expect(first.status).toBe(200)
    const refresh = { grant_type: "refresh_token", refresh_token: String(first.body["refresh_token"]) }
    expect((await token(issuer, refresh)).status).toBe(200)
  })

  test("an ID token finds its person again by the stable id", async () => {
    const idToken = String((await ask("ldaps", { scope: "openid" })).body["id_token"])
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", id_token: idToken, device: "phone" }
    const again = await post(issuer, "/oauth/ro", { client_id: "service", connection: "ldaps", ...grant })
    expect(again.status).toBe(200)
  })

  test("ldapauth-fork 6.1.0 escapes the backslash last: a name with special characters is that name", async () => {
    expect((await ask("plain", { username: "Robert (Bob) *" })).status).toBe(200)
  })

  test("Dex escapes the user name twice, and says of every email address that it is verified", async () => {
    const special = await ask("plain", { username: "Robert (Bob) *", scope: "openid profile" })
    expect(decodeJwt(String(special.body["id_token"]))).toMatchObject({ username: "Robert (Bob) *", name: "Robert" })
    const bob = await ask("plain", { scope: "openid profile email" })
    const claims = decodeJwt(String(bob.body["id_token"]))
    expect(claims).toMatchObject({ email: "bob@example.test" })
    expect(claims).not.toHaveProperty("email_verified")
  })

  test.each([
    ["a wrong password", { password: "x" }],
    ["an unknown name", { username: "nobody" }],
    ["a wildcard", { username: "*" }],
    ["a wildcard in the middle", { username: "b*b" }],
    ["an injected filter", { username: "*)(uid=*" }],
    ["a NUL in the password", { password: `${BOB}\0` }],
    ["a password that is NUL", { password: "\0" }],
    ["a NUL in the name", { username: "bob\0" }],
    ["a space as password", { password: " " }],
    ["a name that two people answer to", { connection: "by-mail", username: "bob@example.test" }],
  ])("%s is a wrong password", async (_case, form) => {
    expect(await ask("starttls", form)).toMatchObject({
      status: 401,
      body: { error: "invalid_user_password", error_description: "Wrong email or password." },
    })
  })

  test("an empty password never reaches the directory", async () => {
    expect(await ask("plain", { password: "" })).toMatchObject({
      status: 400,
      body: { error_description: "missing password parameter" },
    })
  })

  test.each([
    ["no-ca", /SELF_SIGNED_CERT_IN_CHAIN; check ca/],
    ["other-ca", /check ca/],
    ["other-ca-ldaps", /check ca/],
    ["down", /ECONNREFUSED/],
    ["wrong-service-password", /check bindDn and bindPassword/],
    ["wrong-base", /check base and filter/],
  ])("%s is an outage, never a wrong password and never counted", async (connection, logged) => {
    for (let attempt = 0; attempt < 11; attempt++) {
      const { status, body, headers } = await ask(connection)
      expect({ status, error: body["error"] }).toEqual({ status: 503, error: "temporarily_unavailable" })
      expect(headers.get("retry-after")).toBe("5")
    }
    expect(lines.at(-2)).toMatch(logged)
    expect(lines.join("\n")).not.toContain(BOB)
    const realm = { grant_type: "http://auth0.com/oauth/grant-type/password-realm", realm: connection }
    expect(await token(issuer, { ...realm, username: "bob", password: BOB })).toMatchObject({
      status: 503,
      body: { error: "temporarily_unavailable" },
    })
  })

  test("guesses at one person count together, however the name is spelled", async () => {
    let time = Date.UTC(2026, 0, 1)
    await using other = await startIssuer({
      now: () => (time += 6_000),
      config: {
        clients: [{ id: "service", secret: SECRET, grants: ["oauth-ro"] }],
        connections: [{ ...base(slapd), name: "plain", url: slapd.url, filter: "(|(uid={0})(cn={0}))" }],
      },
    })
    const form = { client_id: "service", grant_type: "password", connection: "plain" }
    const guess = (username: string, password = "x") => post(other, "/oauth/ro", { ...form, username, password })
    const spellings = ["bob", "BOB", "ｂob", "bOb", "ⓑob", "Bob  Builder", "\u{1d41b}ob", "bob", "boｂ", "Bob Builder"]
    for (const spelling of spellings) expect((await guess(spelling)).status).toBe(401)
    for (const spelling of spellings) {
      expect(await guess(spelling, BOB)).toMatchObject({ status: 429, body: { error: "too_many_attempts" } })
    }
    expect((await guess("Robert (Bob) *", BOB)).status).toBe(200)
  })

  test("a server that never answers is an outage after the time given for it", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1")
    const address = silent.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const connection: LdapConnectionConfig = {
      ...base(slapd),
      name: "silent",
      url: `ldap://127.0.0.1:${port}`,
      timeouts: { bind: 1 },
    }
    await using other = await startIssuer({
      config: { clients: [{ id: "service", secret: SECRET, grants: ["oauth-ro"] }], connections: [connection] },
    })
    const form = { client_id: "service", grant_type: "password", connection: "silent", username: "bob", password: BOB }
    expect(await post(other, "/oauth/ro", form)).toMatchObject({ status: 503 })
    silent.close()
  })
})

const base = (slapd: Slapd) =>
  ({ strategy: "ldap", bindDn: slapd.bindDn, bindPassword: slapd.bindPassword, base: slapd.baseDn }) as const

const connectionsOf = (slapd: Slapd, other: Slapd): ReadonlyArray<ConnectionConfig> => {
  const { url, ldapsUrl, ca } = slapd
  const plain = { ...base(slapd), url }
  return [
    { ...plain, name: "plain" },
    { ...plain, name: "starttls", startTls: true, ca },
    { ...base(slapd), name: "ldaps", url: ldapsUrl, ca },
    { ...plain, name: "by-mail", filter: "(|(uid={0})(mail={0}))" },
    { ...plain, name: "no-ca", startTls: true },
    { ...plain, name: "other-ca", startTls: true, ca: other.ca },
    { ...base(slapd), name: "other-ca-ldaps", url: ldapsUrl, ca: other.ca },
    { ...plain, name: "down", url: other.url },
    { ...plain, name: "wrong-service-password", bindPassword: "wrong" },
    { ...plain, name: "wrong-base", base: "dc=nowhere,dc=test" },
  ]
}
