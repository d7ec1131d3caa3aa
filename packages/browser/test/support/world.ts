import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import { type Browser, type BrowserContext, isBrowserAvailable, type Page, startBrowser } from "@bearerkit/services"
import type { PageConfig } from "../page/kit.ts"
import { bundleKit, startPageServer } from "./page-server.ts"

export const alice = { username: "alice", password: "correct horse battery" }
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
export const makeWorld = async (lifetime = 600): Promise<World> => {
  const [browser, server] = await Promise.all([startBrowser(), bundleKit().then(startPageServer)])
  const redirectUri = `${server.origin}/callback`
  const issuer = await startIssuer({ config: issuerConfig(server.origin, lifetime) })
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

const issuerConfig = (origin: string, lifetime: number) =>
  defineIssuer({
    clients: [
      {
        id: "spa",
        grants: ["authorization_code", "refresh_token"],
        redirectUris: [`${origin}/callback`],
        logoutUrls: [`${origin}/bye`],
      },
      { id: "page", grants: ["implicit"], redirectUris: [`${origin}/callback`] },
    ],
    apis: [{ audience: orders, scopes: ["read", "write"], tokenLifetime: lifetime }],
    connections: [
      { name: "users", strategy: "database", users: [{ ...alice, email: "alice@example.test", name: "Alice" }] },
    ],
    defaultConnection: "users",
  })

/** Does what the pages of the issuer ask until the application is back. */
export const signIn = async (page: Page, origin: string): Promise<void> => {
  await page.waitForURL((url) => url.origin !== origin)
  await page.getByLabel("User name").fill(alice.username)
  await page.getByLabel("Password").fill(alice.password)
  await page.getByRole("button", { name: "Log in" }).click()
  await agree(page, origin)
}

/** Agrees where the issuer asks, until the application is back and ready. */
export const agree = async (page: Page, origin: string): Promise<void> => {
  const allow = page.getByRole("button", { name: "Allow" })
  await allow
    .or(page.locator("title", { hasText: "page" }))
    .first()
    .waitFor({ state: "attached" })
  if (!page.url().startsWith(origin)) await allow.click()
  await page.waitForURL((url) => url.origin === origin)
  await page.waitForFunction(() => window.kit?.client.state().ready)
}

/** Opens a tab of the application that is ready. */
export const openTab = async (person: BrowserContext, address: string): Promise<Page> => {
  const page = await person.newPage()
  await page.goto(address)
  await page.waitForFunction(() => window.kit?.client.state().ready)
  return page
}
