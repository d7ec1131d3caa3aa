import { generateKeyPairSync } from "node:crypto"

import { describe, expect, test } from "vitest"

import { type IssuerConfig, startIssuer } from "../../src/index.ts"
import { refusal } from "../support/refusal.ts"

const SECRET = "hush-hush-0123456789-0123456789-0123456789"
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString()
const jwks = { keys: [publicKey.export({ format: "jwk" })] }
const client = { id: "a", secret: SECRET, grants: ["client_credentials"] }
const clients = [client]
const trusting = (members: object) => ({
  clients,
  trustedAssertionIssuers: [{ issuer: "https://other.example", ...members }],
})
const jwksUri = "https://other.example/jwks"

describe("a wrong configuration of whom to trust names its field and the fix", () => {
  test.each<[string, unknown, RegExp]>([
    ["trustedAssertionIssuers[0].jwks", trusting({}), /give jwksUri, jwks or publicKey/],
    ["trustedAssertionIssuers[0].jwksUri", trusting({ jwksUri, jwks }), /one of them/],
    ["trustedAssertionIssuers[0].jwksUri", trusting({ jwksUri, publicKey: publicPem }), /one of them/],
    ["trustedAssertionIssuers[0].publicKey", trusting({ jwks, publicKey: publicPem }), /not both/],
    ...[
      "http://other.example/jwks",
      "/jwks",
      "ftp://localhost/jwks",
      "file:///jwks",
      "http://localhost.evil.example/",
    ].map((uri): [string, unknown, RegExp] => [
      "trustedAssertionIssuers[0].jwksUri",
      trusting({ jwksUri: uri }),
      /must be https, or http at this machine/,
    ]),
    ["clients[0].publicKey", { clients: [{ ...client, jwks, publicKey: publicPem }] }, /not both/],
    ["clients[0].jwks", { clients: [{ ...client, jwks: { keys: [...jwks.keys, "key"] } }] }, /JSON Web Key Set/],
    ["clients[0].jwks", { clients: [{ ...client, jwks: [...jwks.keys] }] }, /JSON Web Key Set/],
    ["clients[0].jwks", { clients: [{ ...client, jwks: null }] }, /JSON Web Key Set/],
    ...["/logout", "ftp://a.example/", "mailto:a@b.example", "https://a.example/#x", "xhttps://a.example/"].map(
      (backChannelLogoutUrl): [string, unknown, RegExp] => [
        "clients[0].backChannelLogoutUrl",
        { clients: [{ ...client, backChannelLogoutUrl }] },
        /absolute https or http URL without fragment/,
      ],
    ),
    [
      "clients[0].legacy.secretEncoding",
      {
        clients: [
          { ...client, auth: "client_secret_jwt", legacy: { secretEncoding: "base64url" }, secret: "a".repeat(50) },
        ],
      },
      /must be utf8 with client_secret_jwt/,
    ],
    [
      "clients[0].secret",
      { clients: [{ ...client, legacy: { secretEncoding: "base64url" }, secret: `+${"a".repeat(50)}` }] },
      /not base64url/,
    ],
    [
      "clients[0].secret",
      { clients: [{ ...client, auth: "client_secret_jwt", secret: "x".repeat(31) }] },
      /31 bytes, HS256 needs at least 32/,
    ],
    ["issuer", { clients, issuer: "ftp://a.example" }, /origin without path/],
    ["issuer", { clients, issuer: "nonsense" }, /origin without path/],
    ["defaultConnection", { clients, defaultConnection: "users" }, /not one of the connections/],
  ])("%s", async (field, config, problem) => {
    const error = await refusal(config)
    expect(error.field).toBe(field)
    expect(error.message).toMatch(problem)
    expect(error.message).not.toContain(SECRET)
  })
})

test.each<[string, object]>([
  ["a secret of 32 bytes", { clients: [{ ...client, auth: "client_secret_jwt", secret: "x".repeat(32) }] }],
  ["keys elsewhere", trusting({ jwksUri })],
  ["keys at this machine", trusting({ jwksUri: "http://127.0.0.1:1/jwks" })],
  ["keys at this machine, by its name", trusting({ jwksUri: "http://localhost:1/jwks" })],
  ["keys as a set", trusting({ jwks, subjects: ["bot"] })],
  ["a key as PEM", trusting({ publicKey: publicPem })],
  ["a logout by http", { clients: [{ ...client, backChannelLogoutUrl: "http://127.0.0.1/logout" }] }],
])("%s can be trusted", async (_, config) => {
  const issuer = await startIssuer({ config: config as IssuerConfig })
  expect(issuer.url).toMatch(/^http:/)
  await issuer.close()
})
