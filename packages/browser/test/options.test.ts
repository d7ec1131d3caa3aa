import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { type BrowserClientOptions, createBrowserClient, memory } from "../src/index.ts"
import { mapStorage } from "../../core/test/support/storage.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

const options = { issuer: "https://issuer.test", clientId: "app", redirectUri: "https://app.test/callback" }
const making = (wrong: object) => () => createBrowserClient({ ...options, ...wrong } as BrowserClientOptions)

describe("options that are wrong", () => {
  const cases: ReadonlyArray<readonly [option: string, wrong: object, problem: string]> = [
    ["storage", { storage: mapStorage() }, "keeps no tokens. Write webSessionStorage()"],
    ["storage", { storage: memory }, "keeps no tokens. Write webSessionStorage()"],
    ["storage", { storage: "localStorage" }, "keeps no tokens. Write webSessionStorage()"],
    ["storage", { storage: null }, "keeps no tokens. Write webSessionStorage()"],
    ["target.scope", { target: { scope: 42 } }, "has a value that is not text"],
    ["target.audience", { target: { audience: [7] } }, "has a value that is not text"],
    ["target.resource", { target: { resource: "orders" } }, "must be an absolute URI"],
    ["target", { target: "openid" }, "must be an object such as"],
    ['apis["https://api.test"].scope', { apis: { "https://api.test": { scope: {} } } }, "has a value that is not text"],
    ['apis["https://api.test"]', { apis: { "https://api.test": "read" } }, "must be an object such as"],
  ]
  for (const [option, wrong, problem] of cases) {
    it(`are named where the client is made: ${inspect(wrong)}`, () => {
      const error = expect.objectContaining({
        code: "invalid_options",
        message: expect.stringContaining(`The option ${option} ${problem}`),
      })
      expect(making(wrong)).toThrow(error)
    })
  }
})

it("a wrong target of one call is told by that call", async () => {
  const world = await makeFakeWorld()
  const { client } = await world.arrived()
  const target = { scope: 42 } as never
  const invalid = { name: "BearerError", code: "invalid_options", retryable: false }
  for (const call of [client.token(target), client.credential(target), client.login({ target })])
    await expect(call).rejects.toMatchObject(invalid)
  expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
  await client.close()
})
