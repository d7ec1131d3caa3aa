import type { Issuer } from "@bearerkit/issuer"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { loopback, type Warning } from "../src/index.ts"
import { clientOf, orders, service, startPeopleIssuer, visit } from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startPeopleIssuer()
})
afterAll(() => issuer.close())

const more = { audience: orders, scope: "read delete write" }

/** What a client warns of, by name and message. */
const noted = () => {
  const warnings: Array<Warning> = []
  return { warnings, onWarning: (warning: Warning) => void warnings.push(warning) }
}

describe("scopes that were asked for and not granted", () => {
  it("are warned of once for each target; the credential has those that were", async () => {
    const { warnings, onWarning } = noted()
    await using client = service(issuer, { onWarning })
    await client.token({ audience: orders, scope: "read" })
    assert.deepStrictEqual(warnings, [])
    assert.deepStrictEqual((await client.credential(more)).scopes, ["read", "write"])
    await client.token(more)
    await client.credential({ ...more, scope: ["write", "read", "delete"] }, { minTtl: Infinity })
    assert.strictEqual(warnings.length, 1)
    assert.strictEqual(warnings[0]?.name, "fewer-scopes")
    assert.include(warnings[0]?.message, `did not grant delete for ${orders}`)
  })

  it("are warned of with a login and with a token on somebody's behalf", async () => {
    const { warnings, onWarning } = noted()
    const flow = loopback({ open: async (url) => (await fetch(await visit(url))).ok })
    await using desktop = clientOf(issuer, { flow, onWarning, target: more })
    await desktop.login()
    assert.deepStrictEqual((await desktop.credential()).scopes, ["read", "write"])
    assert.strictEqual(warnings.length, 1)
    await using client = service(issuer, { onWarning })
    const subject = await client.token({ audience: orders, scope: "read" })
    await client.delegate(subject, { audience: "https://ledger.example", scope: "read post" })
    assert.include(warnings[1]?.message, "did not grant post for https://ledger.example")
  })

  it("are no failure, even where the warning fails", async () => {
    const onWarning = () => {
      throw new Error("nobody is at home")
    }
    await using client = service(issuer, { onWarning })
    assert.isString(await client.token(more))
  })
})
