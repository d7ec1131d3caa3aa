import { fileURLToPath } from "node:url"
import { type Browser, startBrowser } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../browser/test/support/page-server.ts"
import { noBrowser } from "../../browser/test/support/world.ts"
import { startServer } from "../../core/test/support/server.ts"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe.skipIf(noBrowser)("an application that ships its panel", () => {
  let browser: Browser
  let devtools: string
  beforeAll(async () => {
    browser = await startBrowser()
    devtools = await bundle({ entry: at("page/devtools.ts") })
  })
  afterAll(() => browser.close())

  /** What Vue's devtools are given once they are opened. */
  const givenBy = async (define: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> => {
    const script = await bundle({ entry: at("page/shown.ts"), define: { __VUE_OPTIONS_API__: "false", ...define } })
    await using server = await startServer(({ url }, response) => {
      response.setHeader("content-type", url === "/app.js" ? "text/javascript" : "text/html")
      response.end(url === "/app.js" ? script : '<!doctype html><script type="module" src="/app.js"></script>')
    })
    const page = await browser.newPage()
    await page.addInitScript(`(() => { ${devtools} })()`)
    await page.goto(server.url)
    await page.getByText("signed-out").waitFor()
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
})
