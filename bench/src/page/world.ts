import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { startIssuer } from "@bearerkit/issuer"
import type { Browser, Page } from "@bearerkit/services"
import { build, type Rolldown } from "vite"
import type { PageConfig, PageWindow } from "./window.ts"

/** An application and the issuer that its people sign in at. */
export interface PageWorld extends AsyncDisposable {
  /** A page of a person who has signed in through both libraries. */
  readonly signedIn: (browser: Browser) => Promise<Page>
}

export const startPageWorld = async (): Promise<PageWorld> => {
  const application = await serve(await script())
  const { origin } = application
  const issuer = await startIssuer({
    config: {
      clients: [{ id: clientId, grants: ["authorization_code"], redirectUris: [`${origin}/ours`, `${origin}/peer`] }],
      apis: [{ audience, scopes: ["read"] }],
      connections: [{ name: "users", strategy: "database", users: [person] }],
      defaultConnection: "users",
    },
  })
  return {
    signedIn: async (browser) => {
      const page = await browser.newPage()
      await page.addInitScript((config) => Object.assign(globalThis, { config }), {
        issuer: issuer.url,
        clientId,
        audience,
      } satisfies PageConfig)
      // auth0-spa-js knows one path only
      await page.route("**/oauth/token", (route) => route.continue({ url: `${issuer.url}/token` }))
      await page.goto(origin)
      for (const way of ["ours", "peer"] as const) {
        await isReady(page)
        await page.evaluate((way) => (globalThis as unknown as PageWindow).signIn[way](), way)
        await answerIssuer(page)
      }
      await isReady(page)
      return page
    },
    [Symbol.asyncDispose]: async () => {
      await issuer.close()
      await application.close()
    },
  }
}

const clientId = "bench"
const audience = "https://api.example"
const person = { username: "ada", password: "the password of a bench" }

const isReady = (page: Page): Promise<unknown> => page.waitForFunction(() => "bench" in globalThis)

/** Does what the issuer's pages ask, until the application is back. */
const answerIssuer = async (page: Page): Promise<void> => {
  const password = page.getByLabel("Password")
  const allow = page.getByRole("button", { name: "Allow" })
  const application = page.locator("#app")
  for (;;) {
    await password.or(allow).or(application).first().waitFor({ state: "attached" })
    if ((await application.count()) > 0) return
    const next = page.waitForEvent("domcontentloaded")
    if ((await password.count()) > 0) {
      await page.getByLabel("User name").fill(person.username)
      await password.fill(person.password)
      await page.getByRole("button", { name: "Log in" }).click()
    } else await allow.click()
    await next
  }
}

const script = async (): Promise<string> => {
  const { output } = (await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL(".", import.meta.url)),
    build: { write: false, minify: true, target: "es2022", modulePreload: false, rollupOptions: { input: "main.ts" } },
  })) as Rolldown.RolldownOutput
  return output[0].code
}

interface Application {
  readonly origin: string
  readonly close: () => Promise<void>
}

/** Serves the application at every path. */
const serve = async (script: string): Promise<Application> => {
  const server = createServer((request, response) => {
    const isScript = request.url === "/main.js"
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html")
    response.end(
      isScript ? script : `<!doctype html><div id="app"></div><script type="module" src="/main.js"></script>`,
    )
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
