import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import {
  type Browser,
  type BrowserContext,
  type BrowserOptions,
  isBrowserAvailable,
  type Page,
  startBrowser,
} from "@bearerkit/services"
import type { LoginOptions } from "../../src/index.ts"
import type { PageConfig } from "../page/kit.ts"
import { startPageServer } from "./page-server.ts"

export const alice = { username: "alice", password: "correct horse battery" }
export const bob = { username: "bob", password: "another horse battery" }
export const orders = "https://orders.example/api"
export const target = { resource: orders, scope: "openid offline_access read" }

const state = isBrowserAvailable()
/** Whether the tests that need Chromium cannot run here. */
export const noBrowser = !state.available && process.env["CI"] !== "true"
if (!state.available && noBrowser) process.stderr.write(`\nSKIPPED: ${state.why}. To get it: ${state.how}\n\n`)

export interface World extends AsyncDisposable {
  readonly issuer: Issuer
  /** Of the application. */
  readonly origin: string
  /** A person with an empty browser, whose tabs are configured so. */
  readonly person: (config?: Partial<PageConfig>) => Promise<BrowserContext>
}

/** A browser, an application, and the issuer that its people sign in at. */
export const makeWorld = async (options?: BrowserOptions): Promise<World> => {
  const [browser, server] = await Promise.all([startBrowser(options), startPageServer()])
  const redirectUri = `${server.origin}/callback`
  const issuer = await startIssuer({ config: issuerConfig(server.origin) })
  return {
    issuer,
    origin: server.origin,
    person: (config = {}) => newPerson(browser, { ...defaults(issuer.url, redirectUri), ...config }),
    [Symbol.asyncDispose]: async () => {
      await browser.close()
      await Promise.all([server.close(), issuer.close()])
    },
  }
}

const defaults = (issuer: string, redirectUri: string): PageConfig => ({
  options: { issuer, clientId: "spa", redirectUri, target },
  storage: "memory",
  flow: "code",
})

const newPerson = async (browser: Browser, config: PageConfig): Promise<BrowserContext> => {
  const context = await browser.newContext()
  await context.addInitScript((config) => {
    window.config = config
  }, config)
  return context
}

const issuerConfig = (origin: string) =>
  defineIssuer({
    dpopNonces: true,
    clients: [
      {
        id: "spa",
        grants: ["authorization_code", "refresh_token"],
        redirectUris: [`${origin}/callback`, `${origin}/silent`],
        logoutUrls: [`${origin}/bye`],
      },
      { id: "page", grants: ["implicit"], redirectUris: [`${origin}/callback`, `${origin}/silent`] },
    ],
    apis: [{ audience: orders, scopes: ["read", "write"], tokenLifetime: 600 }],
    connections: [
      { name: "users", strategy: "database", users: [{ ...alice, email: "alice@example.test", name: "Alice" }, bob] },
    ],
    defaultConnection: "users",
  })

/** Goes to the issuer and does what its pages ask, until the application is back and ready. */
export const signIn = async (page: Page, login: LoginOptions = {}): Promise<void> => {
  await leave(page, login)
  await comeBack(page)
}

/** Goes to the issuer. */
export const leave = async (page: Page, login: LoginOptions = {}): Promise<void> => {
  // answered at once: the page may be gone before it could tell that the login is under way
  await page.evaluate((login) => void window.kit.client.login(login), login)
  await page.waitForURL("**/interaction/*")
}

/** Does what the pages of the issuer ask, until the application is back and ready. */
export const comeBack = async (page: Page, who = alice): Promise<void> => {
  const password = page.getByLabel("Password")
  const allow = page.getByRole("button", { name: "Allow" })
  const application = page.locator("#application")
  await password.or(allow).or(application).first().waitFor({ state: "attached" })
  if ((await password.count()) > 0) {
    await page.getByLabel("User name").fill(who.username)
    await password.fill(who.password)
    await page.getByRole("button", { name: "Log in" }).click()
    await allow.or(application).first().waitFor({ state: "attached" })
  }
  if ((await allow.count()) > 0) await allow.click()
  await application.waitFor({ state: "attached" })
  await isReady(page)
}

export const isReady = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => window.kit?.client.state().ready)
}

/** Opens a tab of the application that is ready. */
export const openTab = async (person: BrowserContext, address: string): Promise<Page> => {
  const page = await person.newPage()
  await page.goto(address)
  await isReady(page)
  return page
}

export const statusOf = (page: Page): Promise<string> => page.evaluate(() => window.kit.client.state().status)

/** Waits for a status; the tests' own timeout ends it. */
export const untilStatus = async (page: Page, status: string): Promise<void> => {
  await page.waitForFunction((status) => window.kit.client.state().status === status, status)
}

/** Lets the tab believe that it has slept, and wakes it. */
export const sleepAndWake = (page: Page, millis: number): Promise<void> =>
  page.evaluate((millis) => {
    window.slept = (window.slept ?? 0) + millis
    window.dispatchEvent(new Event("pageshow"))
  }, millis)

/** The same after a while; gives how it stands once the tab says that somebody is signed in. */
export const wakeAfter = (page: Page, delay: number, millis: number): Promise<{ token: string; status: string }> =>
  page.evaluate(
    async ([delay, millis]) => {
      const { client } = window.kit
      await new Promise((resolve) => setTimeout(resolve, delay))
      window.slept = (window.slept ?? 0) + millis
      window.dispatchEvent(new Event("pageshow"))
      const token = await client.token()
      const settled = new Promise<void>((resolve) => {
        const stop = client.subscribe(({ status }) => {
          if (status !== "signed-in") return
          stop()
          resolve()
        })
        if (client.state().status === "signed-in") resolve()
      })
      await settled
      return { token, status: client.state().status }
    },
    [delay, millis] as const,
  )

export const tokenOf = (page: Page): Promise<string> => page.evaluate(() => window.kit.client.token())
