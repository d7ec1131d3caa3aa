import { describe, expect, test } from "vitest"

import { checkConfig } from "../../src/config/check.ts"
import { type IssuerConfig, IssuerConfigError, startIssuer } from "../../src/index.ts"
import { refusal } from "../support/refusal.ts"

type Client = IssuerConfig["clients"][number]

const code = { id: "a", grants: ["authorization_code"] }
const implicit = { id: "a", grants: ["implicit"] }

describe("an address that cannot be used is refused by its path, with the fix", () => {
  test.each<[string, Client, RegExp]>([
    ["redirectUris[0]", { ...implicit, redirectUris: ["http://shop.example/"] }, /https, or http at localhost/],
    ["redirectUris[0]", { ...code, redirectUris: ["myapp:/cb", "https://x/cb"] }, /a client of its own/],
    ["redirectUris[1]", { ...code, redirectUris: ["http://localhost:3000/cb", "myapp:/cb"] }, /a client of its own/],
    ["redirectUris[0]", { ...implicit, redirectUris: ["https://localhost/cb"] }, /must not be https at localhost/],
    [
      "redirectUris[1]",
      { ...implicit, redirectUris: ["http://localhost:3000/cb", "https://127.0.0.1/cb"] },
      /must not be https at 127\.0\.0\.1/,
    ],
    ["redirectUris[0]", { ...code, redirectUris: ["javascript:alert(1)"] }, /must not have the scheme javascript/],
    ["logoutUrls[0]", { id: "a", grants: ["password"], logoutUrls: ["myapp:/bye"] }, /a client of its own/],
    ["logoutUrls[0]", { ...implicit, redirectUris: ["https://x/"], logoutUrls: ["http://x/bye"] }, /must be https/],
  ])("%s of %j", async (field, client, fix) => {
    const error = await refusal({ clients: [client] })
    expect(error.field).toBe(`clients[0].${field}`)
    expect(error.message).toMatch(fix)
  })
})

const addresses = [
  "https://x.example/",
  "https://localhost/",
  "https://[::1]/",
  "http://x.example/",
  "http://localhost/",
  "http://localhost:3000/",
  "http://127.0.0.1/",
  "http://127.0.0.2/",
  "http://[::1]/",
  "HTTP://localhost:3000/",
  "myapp:/",
  "com.example.app:/x",
  "data:x",
  "urn:x",
]

const pairs = addresses.flatMap((first) =>
  addresses.flatMap((second) => [{ redirectUris: [first, second] }, { redirectUris: [first], logoutUrls: [second] }]),
)

const refusedField = (client: Client): string | undefined => {
  try {
    checkConfig({ clients: [client] })
    return undefined
  } catch (error) {
    return error instanceof IssuerConfigError ? error.field : "another error"
  }
}

test("every two addresses are either refused by path or taken", async () => {
  const grants = [["authorization_code"], ["implicit"], ["authorization_code", "implicit"], ["password"]]
  const judged: Array<Client> = []
  for (const each of grants) for (const pair of pairs) judged.push({ id: String(judged.length), grants: each, ...pair })
  const refused = judged.map(refusedField).filter((field) => field !== undefined)
  const accepted = judged.filter((client) => refusedField(client) === undefined)
  expect(refused.length).toBeGreaterThan(300)
  expect(accepted.length).toBeGreaterThan(300)
  const strange = refused.filter((field) => !/^clients\[0\]\.(redirectUris|logoutUrls)\[[01]\]$/.test(field))
  expect(strange).toEqual([])
  await using _issuer = await startIssuer({ config: { clients: accepted } })
})
