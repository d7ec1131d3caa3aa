import { fileURLToPath } from "node:url"
import { type Browser, type Page, startBrowser } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../browser/test/support/page-server.ts"
import { noBrowser } from "../../browser/test/support/world.ts"
import { startServer } from "../../core/test/support/server.ts"

const blocked = `Object.defineProperty(window, "localStorage", {
  get: () => {
    throw new DOMException("blocked", "SecurityError")
  },
})`

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe.skipIf(noBrowser)("an application that ships its panel", () => {
  let browser: Browser
  let devtools: string
  /** By the pages on their consoles. */
  const said: Array<string> = []
  beforeAll(async () => {
    browser = await startBrowser()
    devtools = await bundle({ entry: at("page/devtools.ts") })
  })
  afterAll(() => browser.close())

  /** Opens the application, in which a script has run before, and waits until it is there. */
  const open = async (before: string, define: Readonly<Record<string, string>>): Promise<Page> => {
    const flags = { __VUE_OPTIONS_API__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" }
    const script = await bundle({ entry: at("page/shown.ts"), define: { ...flags, ...define } })
    await using server = await startServer(({ url }, response) => {
      response.setHeader("content-type", url === "/app.js" ? "text/javascript" : "text/html")
      response.end(url === "/app.js" ? script : '<!doctype html><script type="module" src="/app.js"></script>')
    })
    const page = await browser.newPage()
    page.on("console", (message) => said.push(message.text()))
    page.on("pageerror", (error) => said.push(error.message))
    await page.addInitScript(`(() => { ${before} })()`)
    await page.goto(server.url)
    await page.getByText("signed-out").waitFor()
    return page
  }

  /** What Vue's devtools are given once they are opened. */
  const givenBy = async (define: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> => {
    const page = await open(devtools, define)
    const inspectors = await page.evaluate(async () => {
      window.given.open()
      // what it leads to comes within this turn
      await new Promise((resolve) => setTimeout(resolve))
      return window.given.inspectors
    })
    await page.close()
    return inspectors
  }

  it.each([
    ["in development", '"development"', "false", true],
    ["in production not", '"production"', "false", false],
    ["in production where Vue is built for it", '"production"', "true", true],
  ])("shows it %s", async (_, mode, isAsked, shows) => {
    const inspectors = await givenBy({ "process.env.NODE_ENV": mode, __VUE_PROD_DEVTOOLS__: isAsked })
    expect(inspectors.includes("bearerkit bearerkit")).toBe(shows)
  })

  it("comes up without it in a browser that blocks its storage, and the console says why", async () => {
    said.length = 0
    const page = await open(blocked, { "process.env.NODE_ENV": '"development"', __VUE_PROD_DEVTOOLS__: "false" })
    await expect.poll(() => said.join()).toContain("no-devtools")
    expect(said).toEqual([expect.stringMatching(/^\[bearerkit\] no-devtools: .*\(SecurityError: blocked\)\.$/)])
    await page.close()
  })
})
