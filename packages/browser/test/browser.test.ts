import type { Page } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { BrowserStorage } from "../src/index.ts"
import type { PageConfig } from "./page/kit.ts"
import {
  comeBack,
  isReady,
  leave,
  makeWorld,
  noBrowser,
  openTab,
  signIn,
  statusOf,
  tokenOf,
  type World,
} from "./support/world.ts"

describe.skipIf(noBrowser)("in Chromium", { timeout: 30_000 }, () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
  }, 30_000)
  afterAll(() => world[Symbol.asyncDispose]())

  /** A page of a new person, who goes when the test is over. */
  const visit = async (
    path: string,
    config: Partial<PageConfig>,
    use: (page: Page) => Promise<void>,
  ): Promise<void> => {
    const person = await world.person(config)
    await use(await openTab(person, world.origin + path))
    await person.close()
  }
  const codes = () => world.issuer.countGrants("authorization_code")
  const arrivalOf = (page: Page) => page.evaluate(() => window.kit.arrival)

  it("every store and lock keeps its laws", async () => {
    const page = await (await world.person()).newPage()
    await page.goto(`${world.origin}/laws`)
    for (const [suite, count] of suites) {
      const outcomes = await page.evaluate((suite) => window.runSuite(suite), suite)
      const failed = outcomes.filter(({ failure }) => failure !== undefined)
      expect({ suite, failed, count: outcomes.length }).toEqual({ suite, failed: [], count })
    }
    await page.context().close()
  })

  it("the browser's own storage is none for tokens, and the error says what to write", () =>
    visit("/", {}, async (page) => {
      const errors = await page.evaluate(() =>
        [sessionStorage, localStorage].map((own) => {
          try {
            const storage = own as unknown as BrowserStorage
            window.kit.browser.createBrowserClient({ ...window.config.options, storage })
            return "none"
          } catch (error) {
            return String(error)
          }
        }),
      )
      for (const error of errors) expect(error).toMatch(/^BearerError: .*option storage.*Write webSessionStorage\(\)/)
    }))

  describe("a person signs in by redirect", () => {
    it("and comes back to where they were, with nothing of the answer in the address or the history", () =>
      visit("/orders?page=2#top", {}, async (page) => {
        const seen: Array<string> = []
        await signIn(page)
        expect(page.url()).toBe(`${world.origin}/orders?page=2#top`)
        const state = await page.evaluate(() => window.kit.client.state())
        expect(state).toMatchObject({ status: "signed-in", error: undefined })
        expect(state.claims?.sub).toMatch(/^database\|/)
        expect(await arrivalOf(page)).toMatchObject({ callback: "completed", returnTo: "/orders?page=2#top" })
        expect((await tokenOf(page)).split(".")).toHaveLength(3)
        await page.goBack()
        seen.push(page.url())
        expect(seen.join()).not.toContain("code=")
      }))

    it("once, though the page makes its client twice (HMR, StrictMode)", () =>
      visit("/", { storage: "sessionStorage", twice: true }, async (page) => {
        const before = codes()
        await signIn(page, { returnTo: "/here" })
        await page.waitForFunction(() => window.kit.second?.state().status === "signed-in")
        expect(await statusOf(page)).toBe("signed-in")
        expect(codes() - before).toBe(1)
        expect(page.url()).toBe(`${world.origin}/here`)
      }))

    it("and a callback that comes again is done already", () =>
      visit("/", { storage: "sessionStorage" }, async (page) => {
        const callbacks: Array<string> = []
        page.on("request", (request) => {
          if (request.url().includes("/callback?")) callbacks.push(request.url())
        })
        await signIn(page, { returnTo: "/there" })
        const before = codes()
        await page.goto(callbacks[0] ?? "")
        await isReady(page)
        expect(await arrivalOf(page)).toMatchObject({ callback: "replayed", status: "signed-in", returnTo: "/there" })
        expect(page.url()).toBe(`${world.origin}/there`)
        expect(codes()).toBe(before)
      }))

    it("auth0-spa-js: a second login destroys the first: here each is found by its state", () =>
      visit("/", { storage: "sessionStorage" }, async (page) => {
        await leave(page, { returnTo: "/one" })
        const first = page.url()
        await page.goto(world.origin)
        await isReady(page)
        await signIn(page, { returnTo: "/two" })
        expect(page.url()).toBe(`${world.origin}/two`)
        const login = await page.evaluate(() => window.kit.client.state().claims?.iat)
        await page.goto(first)
        await comeBack(page)
        expect(page.url()).toBe(`${world.origin}/one`)
        expect(await arrivalOf(page)).toMatchObject({ callback: "completed", status: "signed-in" })
        expect(await page.evaluate(() => window.kit.client.state().claims?.iat)).toBeGreaterThanOrEqual(login ?? 0)
      }))

    it("again for an API that demands it, which gets its request resumed (RFC 9470)", () =>
      visit("/", { storage: "sessionStorage" }, async (page) => {
        await signIn(page)
        const resume = { method: "POST", url: "/transfer" }
        await leave(page, { maxAge: 0, resume })
        expect(await page.getByLabel("User name").count()).toBe(1)
        await comeBack(page)
        expect(await arrivalOf(page)).toMatchObject({ callback: "completed", resume })
      }))

    it("or refuses to, and is told so where they were sent back to", () =>
      visit("/", {}, async (page) => {
        await leave(page, { returnTo: "/secret" })
        await page.getByRole("button", { name: "Cancel" }).click()
        await page.waitForURL(`${world.origin}/callback`)
        await isReady(page)
        const arrival = await arrivalOf(page)
        expect(arrival).toMatchObject({ callback: "failed", status: "signed-out", returnTo: "/secret" })
        expect(await page.evaluate(() => window.kit.client.state().error?.code)).toBe("access_denied")
      }))
  })

  describe("an address that is not the answer to a login of this tab", () => {
    it("stays as it is", () =>
      visit("/", {}, async (page) => {
        for (const path of untouched) {
          await page.goto("about:blank")
          await page.goto(world.origin + path)
          await isReady(page)
          expect(page.url()).toBe(world.origin + path)
          expect(await arrivalOf(page)).toMatchObject({ callback: "none", status: "signed-out", error: undefined })
        }
      }))

    it("is refused and cleaned when it comes from our issuer (invalid state)", () =>
      visit("/", {}, async (page) => {
        const path = `/callback?own=1&code=a&state=${"s".repeat(43)}&iss=${encodeURIComponent(world.issuer.url)}`
        await page.goto(world.origin + path)
        await isReady(page)
        expect(page.url()).toBe(`${world.origin}/callback?own=1`)
        expect(await page.evaluate(() => window.kit.client.state().error?.code)).toBe("invalid_state")
      }))

    it("is refused when another issuer answers to our state (mix-up, RFC 9207)", () =>
      visit("/", {}, async (page) => {
        const before = codes()
        const request = page.waitForRequest((each) => each.url().includes("/authorize?"))
        await leave(page)
        const state = new URL((await request).url()).searchParams.get("state")
        await page.goto(`${world.origin}/callback?code=a&state=${state}&iss=https%3A%2F%2Fevil.example`)
        await isReady(page)
        expect(await page.evaluate(() => window.kit.client.state().error?.code)).toBe("issuer_mismatch")
        expect(codes()).toBe(before)
      }))

    it("signs nobody in by a link, with the location hash either", () =>
      visit(
        `/callback#access_token=a&id_token=b.c.d&token_type=Bearer&state=${"s".repeat(43)}`,
        { flow: "locationHash" },
        async (page) => {
          expect(await arrivalOf(page)).toMatchObject({ callback: "failed", status: "signed-out" })
          expect(page.url()).toBe(`${world.origin}/callback`)
        },
      ))
  })

  describe("the location hash", () => {
    const inHash = (): Partial<PageConfig> => ({
      flow: "locationHash",
      storage: "sessionStorage",
      options: {
        issuer: world.issuer.url,
        clientId: "page",
        redirectUri: `${world.origin}/callback`,
        target: { resource: "https://orders.example/api", scope: "openid read" },
      },
    })

    it("supabase: location.hash = '' leaves the tokens in the history: here they are in no entry", () =>
      visit("/", inHash(), async (page) => {
        const answers: Array<string> = []
        page.on("framenavigated", (frame) => {
          if (/#.*access_token=/.test(frame.url())) answers.push(frame.url())
        })
        await signIn(page, { returnTo: "/hashed" })
        expect(answers).toHaveLength(1)
        const devtools = await page.context().newCDPSession(page)
        const { entries } = await devtools.send("Page.getNavigationHistory")
        expect(entries.at(-1)?.url).toBe(`${world.origin}/hashed`)
        expect(entries.filter(({ url }) => url.includes("token"))).toEqual([])
      }))

    it("signs a person in, warns, and cannot be renewed", async () => {
      const { origin } = world
      await visit("/", inHash(), async (page) => {
        const warnings = page.evaluate(() => window.kit.warnings)
        await warnings
        await signIn(page, { returnTo: "/hashed" })
        expect(page.url()).toBe(`${origin}/hashed`)
        expect(await arrivalOf(page)).toMatchObject({ callback: "completed", status: "signed-in" })
        expect((await tokenOf(page)).split(".")).toHaveLength(3)
        await page.evaluate(() => {
          window.slept = 3_700_000
          window.dispatchEvent(new Event("pageshow"))
        })
        await page.waitForFunction(() => window.kit.client.state().status === "needs-login")
        expect(
          await page.evaluate(() => window.kit.client.token().catch((error: { code: string }) => error.code)),
        ).toBe("login_required")
      })
    })
  })
})

const suites = [
  ["sessionStorage", 10],
  ["localStorage", 10],
  ["cookie", 10],
  ["indexedDb", 10],
  ["encryptedIndexedDb", 10],
  ["webLock", 6],
  ["webLock without Web Locks", 6],
] as const

const untouched = [
  "/callback?code=voucher",
  "/callback?code=voucher&state=theirs",
  "/callback?error=out_of_stock",
  "/?code=a&state=b",
  "/#access_token=a&refresh_token=b&expires_in=3600&token_type=bearer",
]
