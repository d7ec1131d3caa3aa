import { describe, expect, test } from "vitest"

import { checkConfig } from "../../src/config/check.ts"
import { notesOf, warningsOf } from "../../src/config/warnings.ts"

const secret = "hush-hush-0123456789-0123456789-0123456789"
const clientOf = (id: string, ...grants: ReadonlyArray<string>) => ({ id, secret, grants })
const users = { name: "users", strategy: "database" }
const ldap = { name: "ad", strategy: "ldap", bindDn: "cn=x", bindPassword: secret, base: "dc=x" }
const clients = [clientOf("a", "client_credentials")]

describe("passwords that go in the clear", () => {
  const warnings = (...connections: ReadonlyArray<object>) => warningsOf(checkConfig({ clients, connections }))

  test.each(["127.0.0.1:389", "127.9.9.9", "localhost", "[::1]:389"])("may go to this machine: %s", (host) => {
    expect(warnings({ ...ldap, url: `ldap://${host}` })).toEqual([])
  })

  test("may go to none that is only called like it", () => {
    for (const host of [
      "ad.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "my-localhost",
      "10.127.0.0.1x",
    ])
      expect(warnings({ ...ldap, url: `ldap://${host}` })).toEqual([
        `connections[0] sends passwords in the clear to ${host}; set startTls or use ldaps://`,
      ])
  })

  test("do not where they are encrypted, or checked here", () => {
    expect(
      warnings(
        { ...ldap, url: "ldaps://ad.example" },
        { ...ldap, name: "other", url: "ldap://ad.example", startTls: true },
        users,
      ),
    ).toEqual([])
    expect(warnings(users, { ...ldap, url: "ldap://ad.example" })).toEqual([
      "connections[1] sends passwords in the clear to ad.example; set startTls or use ldaps://",
    ])
  })
})

describe("targets to which every client may delegate", () => {
  const apis = [
    { audience: "open" },
    { audience: "signed", secret },
    { audience: "closed", allowedCallers: [] },
    { audience: "closed-signed", secret, allowedCallers: ["a"] },
  ]
  const notes = (...more: ReadonlyArray<object>) => notesOf(checkConfig({ clients: [...clients, ...more], apis }))
  const note = (targets: string) => [
    `every client with the grant may delegate to ${targets}; allowedCallers restricts that`,
  ]

  test("are none where no client may delegate", () => {
    expect(notes()).toEqual([])
    expect(notes(clientOf("b", "urn:ietf:params:oauth:grant-type:jwt-bearer"))).toEqual([])
  })

  test("are the open apis for those who exchange", () => {
    expect(notes(clientOf("b", "token-exchange"))).toEqual(note("open, signed"))
  })

  test("are the open apis with a secret, and the open legacy clients, for those who delegate as of old", () => {
    expect(notes(clientOf("b", "delegation"))).toEqual(note("signed, b"))
    expect(notes({ ...clientOf("b", "delegation"), allowedCallers: [] })).toEqual(note("signed"))
  })
})
