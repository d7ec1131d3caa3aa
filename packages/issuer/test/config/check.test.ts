import { generateKeyPairSync } from "node:crypto"

import { describe, expect, test } from "vitest"

import { startIssuer } from "../../src/index.ts"
import { refusal } from "../support/refusal.ts"

const SECRET = "hush-hush-0123456789-0123456789-0123456789"
const SHORT = "hush"
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
const privateJwk = privateKey.export({ format: "jwk" })
const publicJwk = publicKey.export({ format: "jwk" })

const client = { id: "a", secret: SECRET, grants: ["client_credentials"] }
const users = { name: "users", strategy: "database" }
const ldap = {
  name: "ad",
  strategy: "ldap",
  url: "ldap://127.0.0.1:389",
  bindDn: "cn=x",
  bindPassword: SECRET,
  base: "dc=x",
}
const clients = [client]

describe("a wrong configuration names its field and the fix", () => {
  test.each<[string, unknown, RegExp]>([
    ["config", undefined, /must be an object/],
    ["config", [], /must be an object/],
    ["clients", {}, /list at least one client/],
    ["clients", { clients: "a" }, /must be a list/],
    ["clients[0]", { clients: ["a"] }, /must be an object/],
    ["client", { client: [], clients }, /not a known field; known are issuer, jwks, clients/],
    ["issuer", { clients, issuer: "http://x/tenant" }, /origin without path/],
    ["issuer", { clients, issuer: "http://x/" }, /origin without path/],
    ["jwks", { clients, jwks: { keys: [] } }, /JSON Web Key Set/],
    ["jwks.keys[0]", { clients, jwks: { keys: [publicJwk] } }, /must be a private key/],
    ["jwks", { clients, jwks: { keys: [privateJwk] } }, /must have an RSA key/],

    ["clients[0].id", { clients: [{ ...client, id: undefined }] }, /is missing/],
    ["clients[0].id", { clients: [{ ...client, id: 7 }] }, /must be a text/],
    ["clients[0].sekret", { clients: [{ ...client, sekret: SECRET }] }, /not a known field/],
    ["clients[1].id", { clients: [client, client] }, /is there twice/],
    ["clients[0].secret", { clients: [{ ...client, secret: `${SECRET}é` }] }, /printable ASCII/],
    ["clients[0].secret", { clients: [{ id: "a", auth: "client_secret_post", grants: ["password"] }] }, /is missing/],
    ["clients[0].secret", { clients: [{ id: "a", grants: ["oauth-ro"] }] }, /is missing/],
    ["clients[0].secret", { clients: [{ ...client, secret: SHORT, legacy: {} }] }, /4 bytes.*at least 32.*openssl/],
    ["clients[0].secret", { clients: [{ ...client, secret: SHORT, grants: ["oauth-ro"] }] }, /at least 32/],
    ["clients[0].secret", { clients: [{ ...client, secret: SHORT, auth: "client_secret_jwt" }] }, /at least 32/],
    ["clients[0].secret", { clients: [{ ...client, legacy: { secretEncoding: "base64url" } }] }, /at least 32/],
    [
      "clients[0].secret",
      { clients: [{ ...client, secret: `${SECRET}+/`, legacy: { secretEncoding: "base64url" } }] },
      /base64url/,
    ],
    [
      "clients[0].legacy.secretEncoding",
      { clients: [{ ...client, legacy: { secretEncoding: "hex" } }] },
      /utf8, base64url/,
    ],
    [
      "clients[0].legacy.idTokenLifetime",
      { clients: [{ ...client, legacy: { idTokenLifetime: -1 } }] },
      /seconds above 0/,
    ],
    ["clients[0].auth", { clients: [{ ...client, auth: "basic" }] }, /one of client_secret_basic/],
    ["clients[0].jwks", { clients: [{ ...client, auth: "private_key_jwt" }] }, /needs jwks or publicKey/],
    [
      "clients[0].jwks.keys[0]",
      { clients: [{ ...client, jwks: { keys: [privateJwk] } }] },
      /private key.*public one only/,
    ],
    ["clients[0].publicKey", { clients: [{ ...client, publicKey: privatePem }] }, /private key.*public one only/],
    ["clients[0].publicKey", { clients: [{ ...client, publicKey: "x" }] }, /public key as PEM/],
    ["clients[0].grants", { clients: [{ id: "a", secret: SECRET }] }, /list one or more/],
    ["clients[0].grants[0]", { clients: [{ ...client, grants: ["pasword"] }] }, /is not known; known are/],
    ["clients[0].redirectUris", { clients: [{ ...client, grants: ["authorization_code"] }] }, /needs one/],
    ["clients[0].redirectUris[0]", { clients: [{ ...client, redirectUris: ["/cb"] }] }, /absolute URL/],

    ["clients[0].allowedCallers", { clients: [{ ...client, allowedCallers: "a" }] }, /must be a list/],
    ["clients[0].allowedCallers[0]", { clients: [{ ...client, allowedCallers: ["b"] }] }, /not the id of a client/],
    ["clients[0].impersonation", { clients: [{ ...client, impersonation: "yes" }] }, /true or false/],
    ["clients[0].api", { clients: [{ ...client, api: "https://x" }] }, /not the audience of one of the apis/],
    ["clients[0].mayAct", { clients: [{ ...client, mayAct: "" }] }, /at least one character/],
    ["clients[0].grants[0]", { clients: [{ id: "a", grants: ["token-exchange"] }] }, /prove who they are/],
    ["clients[0].secret", { clients: [{ id: "a", grants: ["delegation"] }] }, /is missing/],
    ["clients[0].secret", { clients: [{ ...client, secret: SHORT, grants: ["delegation"] }] }, /at least 32/],
    ["apis[0].allowedCallers[1]", { clients, apis: [{ audience: "x", allowedCallers: ["a", "b"] }] }, /id of a client/],
    ["apis[0].audience", { clients, apis: [{ audience: "a" }] }, /id of a client too/],
    ["clients[0].logoutUrls[0]", { clients: [{ ...client, logoutUrls: ["/bye"] }] }, /absolute URL/],
    [
      "clients[0].rotateRefreshTokens",
      { clients: [{ id: "a", grants: ["password"], rotateRefreshTokens: false }] },
      /must be true/,
    ],
    [
      "clients[0].requirePushedAuthorizationRequests",
      { clients: [{ ...client, requirePushedAuthorizationRequests: 1 }] },
      /true or false/,
    ],
    ["clients[0].redirectUris", { clients: [{ ...client, grants: ["implicit"] }] }, /grant implicit needs one/],
    ["dpopNonces", { clients, dpopNonces: "always" }, /true or false/],
    ["acrValues[1]", { clients, acrValues: ["pwd", "a b"] }, /one value/],
    ["deviceFlow.interval", { clients, deviceFlow: { interval: 0 } }, /seconds above 0/],
    ["deviceFlow.pace", { clients, deviceFlow: { pace: 1 } }, /not a known field/],
    ["maxDelegationDepth", { clients, maxDelegationDepth: 0 }, /whole number above 0/],
    ["maxDelegationDepth", { clients, maxDelegationDepth: "4" }, /whole number above 0/],

    ["apis[0].audience", { clients, apis: [{}] }, /is missing/],
    ["apis[0].audience", { clients, apis: [{ audience: "a b" }] }, /white space/],
    ["apis[1].audience", { clients, apis: [{ audience: "x" }, { audience: "x" }] }, /is there twice/],
    ["apis[0].secret", { clients, apis: [{ audience: "x", secret: SHORT }] }, /4 bytes.*RFC 7518 §3.2/],
    ["apis[0].tokenLifetime", { clients, apis: [{ audience: "x", tokenLifetime: 1.5 }] }, /whole number/],
    ["apis[0].scopes[1]", { clients, apis: [{ audience: "x", scopes: ["read", "a b"] }] }, /one scope/],

    ["connections[0].strategy", { clients, connections: [{ name: "x" }] }, /give database or ldap/],
    ["connections[0].strategy", { clients, connections: [{ name: "x", strategy: "saml" }] }, /one of database, ldap/],
    ["connections[1].name", { clients, connections: [users, users] }, /is there twice/],
    [
      "connections[0].url",
      { clients, connections: [{ ...users, url: "ldap://x" }] },
      /not a field of a database connection/,
    ],
    [
      "connections[0].users[0].password",
      { clients, connections: [{ ...users, users: [{ username: "a" }] }] },
      /is missing/,
    ],
    [
      "connections[1].users[0].id",
      {
        clients,
        connections: [
          { ...users, users: [{ username: "a", password: "x", id: "1" }] },
          { ...users, name: "others", users: [{ username: "b", password: "x", id: "1" }] },
        ],
      },
      /two people would have the subject database\|1/,
    ],
    [
      "connections[0].users[1].username",
      {
        clients,
        connections: [
          {
            ...users,
            users: [
              { username: "a", password: "x" },
              { username: "A ", password: "x" },
            ],
          },
        ],
      },
      /is there twice/,
    ],
    [
      "connections[0].users[0].blocked",
      { clients, connections: [{ ...users, users: [{ username: "a", password: "x", blocked: "no" }] }] },
      /true or false/,
    ],
    [
      "connections[0].file",
      { clients, connections: [{ ...users, file: "/nowhere/at/all.sqlite" }] },
      /cannot be used as a database/,
    ],
    ["connections[0].url", { clients, connections: [{ ...ldap, url: "http://x" }] }, /ldap:\/\/host:port/],
    [
      "connections[0].startTls",
      { clients, connections: [{ ...ldap, url: "ldaps://x:636", startTls: true }] },
      /encrypted already/,
    ],
    [
      "connections[0].bindPassword",
      { clients, connections: [{ ...ldap, bindPassword: "" }] },
      /at least one character/,
    ],
    ["connections[0].filter", { clients, connections: [{ ...ldap, filter: "(uid=alice)" }] }, /must have \{0\}/],
    ["connections[0].ca", { clients, connections: [{ ...ldap, ca: "/etc/ca.pem" }] }, /certificate as PEM/],
    [
      "connections[0].timeouts.bnd",
      { clients, connections: [{ ...ldap, timeouts: { bnd: 1 } }] },
      /known are connect, bind, search/,
    ],
    [
      "defaultConnection",
      { clients, connections: [users], defaultConnection: "x" },
      /not one of the connections \(users\)/,
    ],

    [
      "trustedAssertionIssuers[0].jwks",
      { clients, trustedAssertionIssuers: [{ issuer: "x" }] },
      /give jwksUri, jwks or publicKey/,
    ],
  ])("%s", async (field, config, fix) => {
    const error = await refusal(config)
    expect(error.field).toBe(field)
    expect(error.message).toMatch(fix)
    expect(error.message.startsWith(field)).toBe(true)
    expect(error.message).not.toContain("hush")
  })
})

test("configured signing keys are used, under their kid", async () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })
  const jwks = { keys: [{ ...rsa, kty: "RSA", kid: "mine", alg: "RS256" }] }
  await using issuer = await startIssuer({ config: { clients, jwks } })
  const published = (await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: ReadonlyArray<{ kid: string }> }
  expect(published.keys.map(({ kid }) => kid)).toEqual(["mine"])
})

test("a directory far away without encryption is worth a warning", async () => {
  const lines: Array<string> = []
  const log = (line: string): void => void lines.push(line)
  const connections = [{ ...ldap, strategy: "ldap" as const, url: "ldap://ad.example:389" }]
  await using _issuer = await startIssuer({ log, config: { clients, connections } })
  expect(lines[0]).toMatch(/for development and tests only/)
  expect(lines[1]).toBe(
    "warning: connections[0] sends passwords in the clear to ad.example; set startTls or use ldaps://",
  )
})
