import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeWorld, noBrowser, openTab, signIn, type World } from "./support/world.ts"

describe.skipIf(noBrowser)("in Chromium", () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
  }, 30_000)
  afterAll(() => world[Symbol.asyncDispose]())

  describe("every store and lock keeps its laws", () => {
    const suites = [
      "sessionStorage",
      "localStorage",
      "cookie",
      "indexedDb",
      "encryptedIndexedDb",
      "webLock",
      "webLock without Web Locks",
    ]
    it.each(suites)("%s", async (suite) => {
      const page = await openTab(await world.person(), `${world.origin}/`)
      const outcomes = await page.evaluate((suite) => window.kit.runSuite(suite), suite)
      expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([])
      expect(outcomes.length).toBeGreaterThanOrEqual(suite.includes("ock ") || suite === "webLock" ? 6 : 10)
      await page.context().close()
    })
  })

  it("signs in by redirect and comes back to where the person was", async () => {
    const page = await openTab(await world.person(), `${world.origin}/orders?page=2#top`)
    await page.evaluate(() => window.kit.client.login())
    await signIn(page, world.origin)
    expect(page.url()).toBe(`${world.origin}/orders?page=2#top`)
    const state = await page.evaluate(() => window.kit.client.state())
    expect(state).toMatchObject({ status: "signed-in", error: undefined, claims: { sub: expect.any(String) } })
  })
})
