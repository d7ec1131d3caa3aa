import { makeKeyValueStore } from "@bearerkit/core"
import { expect, it } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { type BrowserStorage, clientObserver, tokenExchange } from "../src/index.ts"
import { inTabs } from "../src/storage/in-tabs.ts"
import { type FakeWorldOptions, makeFakeWorld } from "./support/fake-world.ts"

const minute = 60_000
const reports = { audience: "https://reports.test" }

/** Somebody who is signed in where tokens are traded, each for a numbered one. */
const trading = async (options: FakeWorldOptions = {}) => {
  const world = await makeFakeWorld({ delegation: tokenExchange(), ...options })
  let trades = 0
  world.answer = async (request) => {
    if (!request.url.endsWith("/token") || !(await request.text()).includes("token-exchange")) return undefined
    trades += 1
    return Response.json({
      access_token: `traded-${trades}`,
      token_type: "Bearer",
      expires_in: 7200,
      scope: "read",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    })
  }
  return (await world.arrived()).client
}

it("a token that was traded for is kept by the page alone", async () => {
  const kept = mapStorage()
  const services = inTabs(() => makeKeyValueStore(() => kept))
  const storage: BrowserStorage = { services, shared: true, warnings: [] }
  const client = await trading({ storage })
  expect([await client.delegate(reports), await client.delegate(reports)]).toEqual(["traded-1", "traded-1"])
  expect([...kept.entries.values()].join()).not.toContain("traded")
  await client.logout()
  expect([...kept.entries.keys()]).toEqual([])
  await expect(client.delegate(reports)).rejects.toMatchObject({ code: "login_required" })
  await client.close()
})

it("it is kept as long as the own token lives, of which only the issuer's answer says how long that is", async () => {
  let time = Date.now()
  const client = await trading({ now: () => time })
  expect(await client.delegate(reports)).toBe("traded-1")
  time += 40 * minute
  expect(await client.delegate(reports)).toBe("traded-1")
  time += 30 * minute
  expect(await client.delegate(reports)).toBe("traded-2")
  await client.close()
})

it("an observer knows of it, by its target and without its value, as long as its login is there", async () => {
  let time = Date.now()
  const observer = clientObserver()
  const client = await trading({ observer, now: () => time })
  const traded = () => observer.tokens().filter(({ target }) => target.audiences.includes(reports.audience))
  await client.delegate(reports)
  time += minute
  await client.delegate({ audience: [reports.audience] })
  expect(traded()).toEqual([
    expect.objectContaining({ type: "Bearer", scopes: ["read"], login: observer.tokens()[0]?.login }),
  ])
  const left = traded()[0]?.left ?? 0
  expect(left).toBeGreaterThan(58 * minute)
  expect(left).toBeLessThanOrEqual(59 * minute)
  expect(JSON.stringify(traded())).not.toContain("traded-")
  await client.logout()
  expect(observer.tokens()).toEqual([])
  await client.close()
})
