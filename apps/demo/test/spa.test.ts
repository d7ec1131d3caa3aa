import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import type { Page } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { isBrowserAvailable } from "@bearerkit/services"
import { answerIssuer, answerOf, signIn, untilStatus } from "../src/step/spa/sign-in-page.ts"
import { startWorld, type World } from "../src/world/world.ts"

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")

interface Violation {
  readonly id: string
  readonly nodes: ReadonlyArray<{ readonly html: string }>
}

describe.skipIf(!isBrowserAvailable().available)("the single page app in Chromium", () => {
  let world: World
  let page: Page
  let script: string
  const said: Array<string> = []
  beforeAll(async () => {
    script = await readFile(axe, "utf8")
    world = await startWorld(undefined, { development: true })
    const context = await (await world.browser()).newContext()
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`CSP: ${violatedDirective} ${blockedURI}`),
      )
    })
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on("console", (message) => {
      if (!/^Failed to load resource: (net::|the server responded with a status of 40)/.test(message.text())) {
        said.push(`${message.type()}: ${message.text()}`)
      }
    })
    page.on("pageerror", (error) => said.push(error.message))
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const violations = async () => {
    // by the debugger, which the page's policy does not bind
    await page.evaluate(script)
    const found = (await page.evaluate("axe.run()")) as { readonly violations: ReadonlyArray<Violation> }
    return found.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))
  }

  it("shows every page without a violation of what axe-core knows, in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      await page.goto(world.spa.url)
      await page.getByRole("heading", { level: 1 }).waitFor()
      expect(await violations()).toEqual([])
    }
    await signIn(world, page)
    await page.getByRole("timer").waitFor()
    expect(await violations()).toEqual([])
    await page.getByRole("link", { name: "Orders", exact: true }).last().click()
    await page.getByRole("button", { name: "Call the API" }).click()
    await answerOf(page, "GET /whoami")
    expect(await violations()).toEqual([])
    await page.goto(`${world.spa.url}/vault`)
    await page.waitForURL(`${world.issuer.url}/**`)
    await answerIssuer(world, page)
    await page.getByText("your login has gold").waitFor()
    expect(await violations()).toEqual([])
  })

  it("is no wider than a narrow screen, on any page", async () => {
    await page.setViewportSize({ width: 320, height: 800 })
    const tooWide = async (path: string, heading: string) => {
      await page.goto(world.spa.url + path)
      await page.getByRole("heading", { name: heading }).waitFor()
      return page.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .filter((element) => element.getBoundingClientRect().right > innerWidth)
          .map(({ tagName }) => tagName),
      )
    }
    for (const [path, heading] of [
      ["/account", "ada@"],
      ["/orders", "Call the API"],
      ["/sign-in-failed", "Nothing is wrong any more"],
    ] as const)
      expect(await tooWide(path, heading)).toEqual([])
    await page.goto(`${world.spa.url}/account`)
    await page.getByRole("button", { name: "Sign out in all tabs" }).click()
    await untilStatus(page, "signed-out")
    expect(await tooWide("/", "One login, every tab")).toEqual([])
    await signIn(world, page)
    await page.setViewportSize({ width: 1280, height: 720 })
  })

  it("leads who declines to the error route, and from there to where they were going", async () => {
    await page.goto(`${world.spa.url}/account`)
    await page.getByRole("button", { name: "Sign out in all tabs" }).click()
    await untilStatus(page, "signed-out")
    await page.getByRole("heading", { name: "One login, every tab" }).waitFor()
    expect(await page.getByRole("timer").count()).toBe(0)
    await page.context().clearCookies()
    await page.goto(`${world.spa.url}/orders?page=2`)
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.getByRole("heading", { name: "You could not be signed in" }).waitFor()
    expect(new URL(page.url()).pathname).toBe("/sign-in-failed")
    expect(await page.getByRole("alert").textContent()).toContain("access_denied")
    expect(await violations()).toEqual([])
    await page.getByRole("link", { name: "Try again" }).click()
    await page.waitForURL(`${world.issuer.url}/**`)
    await answerIssuer(world, page)
    await untilStatus(page, "signed-in")
    expect(page.url()).toBe(`${world.spa.url}/orders?page=2`)
  })

  it("is used by the keyboard alone", async () => {
    await page.goto(`${world.spa.url}/orders`)
    const button = page.getByRole("button", { name: "Call the API" })
    await button.waitFor()
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press("Tab")
      if (await button.evaluate((element) => element === document.activeElement)) break
    }
    await page.keyboard.press("Enter")
    expect(await answerOf(page, "GET /whoami")).toMatchObject({ scope: "orders:read" })
  })

  it("has the focus at what a link has shown", async () => {
    await page.getByRole("link", { name: "Account", exact: true }).click()
    await page.getByRole("timer").waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main")
  })

  it("says that the issuer cannot be reached where one signs out there, and signs out here", async () => {
    await page.goto(`${world.spa.url}/account`)
    await page.getByRole("timer").waitFor()
    await page.route(`${world.issuer.url}/**`, (route) => route.abort())
    await page.getByRole("button", { name: "And at the issuer" }).click()
    await untilStatus(page, "signed-out")
    expect(await page.getByRole("alert").textContent()).toContain("could not be reached")
    expect(said.splice(0)).toEqual([expect.stringContaining("could not be reached")])
    await page.unroute(`${world.issuer.url}/**`)
  })

  it("loads nothing while a person chooses by the keyboard", async () => {
    const storage = page.getByLabel("Where tokens are kept")
    await page.evaluate(() => (document.title = "kept"))
    await storage.focus()
    const before = await storage.inputValue()
    await page.keyboard.press("ArrowDown")
    await expect.poll(() => storage.inputValue()).not.toBe(before)
    expect(await storage.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.title()).toBe("kept")
  })

  it("lets no token expire where there is none, which would set the clock to another century", async () => {
    await signIn(world, page)
    await page.getByRole("timer").waitFor()
    const headers = { "access-control-allow-origin": "*" }
    await page.route("**/token", (route) => route.fulfill({ status: 400, headers, json: { error: "invalid_grant" } }))
    const expire = page.getByRole("button", { name: "Let it expire" })
    await expire.click()
    await untilStatus(page, "needs-login")
    await expect.poll(() => page.getByRole("timer").count()).toBe(0)
    expect(await expire.count()).toBe(0)
    await page.unroute("**/token")
  })

  it("says nothing in the console: no error, no warning of Vue, no report of its policy", async () => {
    const { headers } = await fetch(world.spa.url)
    expect(headers.get("content-security-policy")).toMatch(/script-src 'self'; style-src 'self';/)
    const [source] = /\/assets\/[\w-]+\.js/.exec(await (await fetch(world.spa.url)).text()) ?? []
    expect(await (await fetch(world.spa.url + source)).text()).toContain("[Vue warn]")
    expect(said).toEqual([])
  })
})
