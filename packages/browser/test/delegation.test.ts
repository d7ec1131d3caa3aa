import { makeKeyValueStore } from "@bearerkit/core"
import { expect, it } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { type BrowserStorage, tokenExchange } from "../src/index.ts"
import { inTabs } from "../src/storage/in-tabs.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

it("a token that was traded for is kept by the page alone", async () => {
  const kept = mapStorage()
  const services = inTabs(() => makeKeyValueStore(() => kept))
  const storage: BrowserStorage = { services, shared: true, warnings: [] }
  const world = await makeFakeWorld({ storage, delegation: tokenExchange() })
  let trades = 0
  world.answer = async (request) => {
    if (!request.url.endsWith("/token") || !(await request.text()).includes("token-exchange")) return undefined
    trades += 1
    const issued_token_type = "urn:ietf:params:oauth:token-type:access_token"
    return Response.json({
      access_token: `traded-${trades}`,
      token_type: "Bearer",
      expires_in: 3600,
      issued_token_type,
    })
  }
  const { client } = await world.arrived()
  const reports = { audience: "https://reports.test" }
  expect([await client.delegate(reports), await client.delegate(reports)]).toEqual(["traded-1", "traded-1"])
  expect([...kept.entries.values()].join()).not.toContain("traded")
  await client.logout()
  expect([...kept.entries.keys()]).toEqual([])
  await expect(client.delegate(reports)).rejects.toMatchObject({ code: "login_required" })
  await client.close()
})
