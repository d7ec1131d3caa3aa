import { fileURLToPath } from "node:url"
import { type BrowserContext, isBrowserAvailable, type Page } from "@bearerkit/services"
import { beforeAll, describe, expect, it } from "vitest"
import type { Given } from "../../../packages/vue/test/page/devtools.ts"
import { bundle } from "../../../packages/browser/test/support/page-server.ts"
import { answerOf, signIn } from "../src/step/spa/sign-in-page.ts"
import { startWorld, type World } from "../src/world/world.ts"

/** What only the panel says. */
const words = ["Search tokens", "setupDevtoolsPlugin", "renew ahead of time"]

describe("the panel of the single page app", () => {
  let devtools: string
  beforeAll(async () => {
    devtools = await bundle({
      entry: fileURLToPath(new URL("../../../packages/vue/test/page/devtools.ts", import.meta.url)),
    })
  })

  /** The application, and the browser of somebody who has Vue's devtools. */
  const withDevtools = async (development: boolean, use: (world: World, page: Page) => Promise<void>) => {
    await using world = await startWorld(undefined, { development })
    const context: BrowserContext = await (await world.browser()).newContext()
    // in a scope of its own, as an extension's is
    await context.addInitScript(`(() => { ${devtools} })()`)
    await use(world, await context.newPage())
  }
  const scriptsOf = async ({ spa }: World): Promise<string> => {
    const paths = (await (await fetch(spa.url)).text()).match(/\/assets\/[\w-]+\.js/g) ?? []
    const scripts = await Promise.all(paths.map(async (path) => (await fetch(spa.url + path)).text()))
    return scripts.join("\n")
  }

  describe.skipIf(!isBrowserAvailable().available)("in Chromium", { timeout: 60_000 }, () => {
    it("is given to Vue's devtools: inspector, layers, and what happened at the sign-in", () =>
      withDevtools(true, async (world, page) => {
        const said: Array<string> = []
        page.on("console", (message) => said.push(message.text()))
        page.on("pageerror", (error) => said.push(error.message))
        await page.goto(world.spa.url)
        await signIn(world, page)
        expect(await titles(page)).toEqual([])
        await page.evaluate(() => window.given.open())
        expect(await titles(page)).toEqual(expect.arrayContaining(["acquire", "sign-in"]))
        await page.getByRole("link", { name: "Orders", exact: true }).last().click()
        await page.getByRole("button", { name: "Call the API" }).click()
        await answerOf(page, "GET /whoami")
        await page.waitForFunction(() => window.given.events.some(({ title }) => title === "call"))
        const { inspectors, layers, events, tree, login } = await page.evaluate(async () => ({
          ...window.given,
          tree: await window.given.tree(),
          login: await window.given.state("login"),
        }))
        expect(inspectors).toContain("bearerkit bearerkit")
        expect(layers).toEqual(expect.arrayContaining(["bearerkit bearerkit:login", "bearerkit bearerkit:tokens"]))
        expect(events.find(({ title }) => title === "call")).toMatchObject({
          layer: "bearerkit:calls",
          data: { method: "GET", origin: world.api.url, status: 200, duration: expect.any(Number) },
        })
        expect(tree).toMatchObject([
          { id: "login", label: expect.stringContaining("ada"), tags: [{ label: "signed-in" }] },
          { label: expect.stringContaining("orders:read"), tags: [{ label: expect.stringMatching(/^\d+ (h|min|s)/) }] },
          { id: "problems" },
          { id: "activity" },
        ])
        expect(login).toMatchObject({ login: expect.arrayContaining([{ key: "status", value: "signed-in" }]) })
        expect(said).toEqual([])
      }))

    it("is not in what is built for production, whatever devtools there are", () =>
      withDevtools(false, async (world, page) => {
        await page.goto(world.spa.url)
        await signIn(world, page)
        await page.evaluate(() => window.given.open())
        const { inspectors, events } = await page.evaluate(() => ({ ...window.given }))
        expect([inspectors.filter((id) => id.startsWith("bearerkit")), events]).toEqual([[], []])
        expect(found(await scriptsOf(world))).toEqual([])
      }))
  })

  it("is in what is built for development", async () => {
    await using world = await startWorld(undefined, { development: true })
    expect(found(await scriptsOf(world))).toEqual(words)
  })
})

const found = (script: string): ReadonlyArray<string> => words.filter((word) => script.includes(word))

const titles = async (page: Page): Promise<ReadonlyArray<string>> => {
  const events: Given["events"] = await page.evaluate(() => window.given.events)
  return events.map(({ title }) => title)
}
