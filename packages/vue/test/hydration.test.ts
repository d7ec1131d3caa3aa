import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { type Browser, startBrowser } from "@bearerkit/services"
import { renderToString } from "@vue/server-renderer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createSSRApp } from "vue"
import { bundle } from "../../browser/test/support/page-server.ts"
import { noBrowser } from "../../browser/test/support/world.ts"
import { createAuth } from "../src/index.ts"
import { Application } from "./page/application.ts"

const options = { issuer: "https://issuer.test", clientId: "app", redirectUri: "https://app.test/callback" }
/** Vue with its warnings. */
const define = {
  "process.env.NODE_ENV": '"development"',
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
}

describe.skipIf(noBrowser)("a page that a server has rendered", () => {
  let browser: Browser
  let origin: string
  const server = createServer()
  beforeAll(async () => {
    const script = await bundle({ entry: fileURLToPath(new URL("page/hydrate.ts", import.meta.url)), define })
    const body = await renderToString(createSSRApp(Application).use(createAuth(options)))
    const page = `<!doctype html><div id="app">${body}</div><script type="module" src="/app.js"></script>`
    server.on("request", (request, response) => {
      const isScript = request.url === "/app.js"
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html")
      response.end(isScript ? script : page)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it.each([false, true])("is hydrated without a mismatch or a warning (awaits the login first: %s)", async (waits) => {
    const page = await browser.newPage()
    const said: Array<string> = []
    page.on("console", (message) => void said.push(message.text()))
    page.on("pageerror", (error) => void said.push(error.message))
    await page.addInitScript((waits) => (window.waits = waits), waits)
    await page.goto(origin)
    const seen = await page.waitForFunction(() => window.hydrated)
    expect(await seen.jsonValue()).toEqual({
      first: "signed-outNobody is signed inOne momentsigned-out",
      settled: "signed-inHello AdaHello Adasigned-in",
    })
    await page.getByRole("button").first().click()
    await page.getByText("Nobody is signed in").waitFor()
    await page.evaluate(() => window.unmount())
    expect(await page.locator("#app").innerHTML()).toBe("")
    expect(said).toEqual([])
    await page.close()
  })
})
