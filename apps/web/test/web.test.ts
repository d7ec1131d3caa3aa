import { startApi, startRelay } from "@bearerkit/app-api"
import { cookieSessions, memoryStorage, type SessionStorage, storedSessions } from "@bearerkit/hono"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { type Browser, isBrowserAvailable, Person, startBrowser, Visitor } from "@bearerkit/services"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { watched } from "../../../scripts/leaks/watched.ts"
import { parseOptions } from "../src/options.ts"
import { openSite, type Site } from "../src/site.ts"
import { makeWeb, type Web, type WebOptions } from "../src/web.tsx"

const ada = { username: "ada", password: "correct horse battery" }
const secret = (name: string) => `the secret of ${name}, long enough and then some`
const cookieKey = "what the cookies are sealed with: 32 bytes and more"
const orders = "https://orders.example"
const reports = "https://reports.example"
const legacy = { audience: "old-api", secret: secret("old-api") }

const servers = new AsyncDisposableStack()
let site: Site
let issuer: Issuer
let options: Omit<WebOptions, "sessions">
const errors: Array<string> = []

beforeAll(async () => {
  site = servers.use(await openSite())
  issuer = servers.use(
    await startIssuer({
      config: {
        clients: [
          {
            id: "web",
            secret: secret("web"),
            grants: ["authorization_code", "refresh_token", "token-exchange"],
            redirectUris: [`${site.url}/callback`],
            logoutUrls: [`${site.url}/`],
          },
          { id: "reports-api", secret: secret("reports-api"), grants: ["token-exchange"], api: reports },
        ],
        apis: [
          { audience: orders, scopes: ["read"] },
          { audience: reports, scopes: ["see"] },
        ],
        connections: [{ name: "users", strategy: "database", users: [{ ...ada, name: "Ada <Demo>" }] }],
      },
    }),
  )
  const api = servers.use(await startApi({ issuer: issuer.url, audience: orders, legacy }))
  const relay = servers.use(
    await startRelay({
      issuer: issuer.url,
      audience: reports,
      clientId: "reports-api",
      clientSecret: secret("reports-api"),
      next: { url: api.url, target: { audience: orders, scope: "read" } },
    }),
  )
  options = {
    issuer: issuer.url,
    clientId: "web",
    clientSecret: secret("web"),
    baseUrl: site.url,
    cookieKeys: [cookieKey],
    api: { url: `${api.url}/whoami`, target: { audience: orders, scope: "read" } },
    second: { url: `${relay.url}/next/whoami`, target: { audience: reports, scope: "see" } },
    onError: (error) => void errors.push("code" in error ? String(error.code) : error.name),
  }
})
afterAll(() => servers.disposeAsync())

const sessionStorages: ReadonlyArray<readonly [string, () => SessionStorage]> = [
  ["sealed cookies", () => cookieSessions()],
  ["a store", () => storedSessions({ storage: memoryStorage() })],
]

const start = (other: Partial<WebOptions> = {}): Web => makeWeb({ ...options, sessions: cookieSessions(), ...other })
const visitorAt = ({ app }: Web) => new Visitor(app, { site: site.url, person: new Person(ada) })
const textOf = async (response: Response | Promise<Response>) => (await response).text()
const policy = () =>
  `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${issuer.url}; base-uri 'none'; frame-ancestors 'none'`

describe.each(sessionStorages)("the web app with sessions in %s", (_, sessions) => {
  it("signs somebody in, shows who it is and what the tokens say, and signs them out", async () => {
    await using web = start({ sessions: sessions() })
    const visitor = visitorAt(web)
    expect(await textOf(visitor.get("/"))).toContain('href="/login"')
    await visitor.signIn()
    const me = await textOf(visitor.get("/"))
    for (const part of ["Hello, Ada &lt;Demo&gt;", "60 min left of 60 min", 'data-claim="scope">read<', ">web<"]) {
      expect(me).toContain(part)
    }
    const out = await visitor.post("/logout")
    expect(out.headers.get("location")).toContain(issuer.url)
    expect(await textOf(visitor.get("/"))).not.toContain("Ada")
  })

  it("calls the API, and lets the second API call it on the person's behalf", async () => {
    await using web = start({ sessions: sessions() })
    const visitor = visitorAt(web)
    await visitor.signIn()
    const direct = await textOf(visitor.get("/api"))
    expect(direct).toContain(`data-claim="aud">${orders}<`)
    expect(direct).not.toContain("data-actor")
    const behalf = await textOf(visitor.get("/on-behalf-of"))
    expect([...behalf.matchAll(/data-actor[^>]*>([^<]*)</g)].map(([, actor]) => actor)).toEqual(["web", "reports-api"])
    for (const page of [direct, behalf]) expect(page).not.toMatch(/eyJ/)
  })

  it("knows no session under a name in which browsers see no __Host-, as it comes over the wire", async () => {
    await using web = start({ sessions: sessions() })
    site.serve(web.app.fetch)
    const visitor = visitorAt(web)
    await visitor.signIn()
    const pageWith = async (before: string) => {
      const cookie = [...visitor.cookies].map(([name, value]) => `${before}${name}=${value}`).join("; ")
      return textOf(fetch(site.url, { headers: { cookie: `a=b; ${cookie}`, accept: "text/html" } }))
    }
    expect((await pageWith("")).includes("Ada")).toBe(true)
    // each a byte: U+00A0 as it is, and U+00A0, U+2000 and U+FEFF as a script's `document.cookie` sends them
    for (const bytes of ["\u00a0", "\u00c2\u00a0", "\u00e2\u0080\u0080", "\u00ef\u00bb\u00bf"]) {
      expect((await pageWith(bytes)).includes("Ada")).toBe(false)
    }
  })
})

describe("the pages", () => {
  it("run no script, are in no frame, and load only what is the application's own", async () => {
    await using web = start()
    const visitor = visitorAt(web)
    await visitor.signIn()
    for (const path of ["/", "/api", "/on-behalf-of", "/nothing", "/style.css"]) {
      const response = await visitor.get(path)
      expect(response.headers.get("content-security-policy")).toBe(policy())
      expect(response.headers.get("referrer-policy")).toBe("same-origin")
      expect(await response.text()).not.toMatch(/<script|<style|style=| on\w+=/i)
    }
  })

  it("ask for a sign-in and come back, and answer scripts 401", async () => {
    await using web = start()
    const visitor = visitorAt(web)
    const sent = await visitor.get("/api")
    expect([sent.status, sent.headers.get("location")]).toEqual([303, "/login?returnTo=%2Fapi"])
    expect((await visitor.signIn("/login?returnTo=%2Fapi")).headers.get("location")).toBe("/api")
    const script = await web.app.request("/api", { headers: { accept: "application/json" } })
    expect([script.status, await script.json()]).toEqual([401, expect.objectContaining({ code: "login_required" })])
  })

  it("tell what is wrong as a page for people and as data for programs", async () => {
    await using web = start()
    const visitor = visitorAt(web)
    const missing = await visitor.get("/nothing")
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining("There is no such page")])
    const data = await web.app.request("/nothing", { headers: { accept: "application/json" } })
    expect(data.headers.get("content-type")).toBe("application/problem+json")
    expect(await data.json()).toMatchObject({ status: 404, code: "not_found" })
    const unknown = await visitor.get("/callback?code=c&state=s")
    expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining("Sign in again")])
    expect(errors.at(-1)).toBe("invalid_state")
  })

  const bad: ReadonlyArray<readonly [string, () => Response, string]> = [
    ["a refusal", () => new Response("{}", { status: 403 }), "The API answered 403."],
    ["no JSON", () => new Response("<b>"), "not a list of claims"],
    ["a list", () => Response.json([1]), "not a list of claims"],
    ["too much", () => new Response("x".repeat(100_000)), "more than a page can show"],
  ]
  it.each(bad)("say so when the API answers %s", async (_, answer, told) => {
    await using upstream = await openSite()
    upstream.serve(answer)
    await using web = start({ api: { ...options.api, url: upstream.url } })
    const visitor = visitorAt(web)
    await visitor.signIn()
    const response = await visitor.get("/api")
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining(told)])
    expect(errors.at(-1)).toBe("UnexpectedAnswer")
  })

  it("show what an API makes up as text", async () => {
    await using upstream = await openSite()
    upstream.serve(() => Response.json({ "<img src=x>": '"><script>', __proto__: 1, exp: 1e300, constructor: {} }))
    await using web = start({ api: { ...options.api, url: upstream.url } })
    const visitor = visitorAt(web)
    await visitor.signIn()
    const response = await visitor.get("/api")
    expect(response.status).toBe(200)
    expect(await response.text()).not.toMatch(/<script|<img src=x/)
  })

  it("tell that the second API may not be asked, and nothing of why", async () => {
    await using web = start({ second: { ...options.second, target: { audience: "https://nobody.example" } } })
    const visitor = visitorAt(web)
    await visitor.signIn()
    const response = await visitor.get("/on-behalf-of")
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining("This was refused")])
    expect(errors.at(-1)).toBe("invalid_target")
  })
})

const noBrowser = isBrowserAvailable()
const skip = !noBrowser.available && process.env["CI"] !== "true"
if (!noBrowser.available && skip) process.stderr.write(`\nSKIPPED: ${noBrowser.why}. To get it: ${noBrowser.how}\n\n`)

describe.skipIf(skip)("in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser.close())

  it("somebody with a keyboard signs in, looks around and signs out", async () => {
    await using web = start({ sessions: storedSessions({ storage: memoryStorage() }) })
    site.serve(web.app.fetch)
    const page = await browser.newPage()
    const complaints: Array<string> = []
    page.on("console", (message) => complaints.push(message.text()))
    const press = async (role: "button" | "link", name: string) => {
      await page.getByRole(role, { name }).focus()
      await page.keyboard.press("Enter")
    }
    await page.goto(site.url)
    await page.keyboard.press("Tab")
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Skip to the content")
    await press("link", "Sign in")
    await page.getByLabel("User name").fill(ada.username)
    await page.getByLabel("Password").fill(ada.password)
    await page.keyboard.press("Enter")
    await press("button", "Allow")
    await page.getByRole("heading", { name: "Hello, Ada <Demo>" }).waitFor()
    expect(await page.getByRole("meter").count()).toBe(2)
    expect(await page.evaluate(() => [document.cookie, document.scripts.length])).toEqual(["", 0])
    await press("link", "Call the API")
    await page.getByRole("heading", { name: "The API let you in" }).waitFor()
    await press("link", "On your behalf")
    await page.getByRole("heading", { name: "It was called on your behalf" }).waitFor()
    const chain = page.getByRole("list", { name: "Who acts for whom" }).getByRole("listitem")
    expect((await chain.allTextContents()).map((text) => text.split(" ")[0])).toEqual([
      "Ada",
      "web",
      "reports-api",
      orders,
    ])
    expect(await page.getByRole("link", { name: "On your behalf" }).getAttribute("aria-current")).toBe("page")
    await press("button", "Sign out")
    await press("button", "Log out")
    await page.getByRole("heading", { name: "Who are you" }).waitFor()
    await page.goto(`${site.url}/api`)
    await page.getByLabel("User name").waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })
})

describe("as a command", { timeout: 120_000 }, () => {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
  const env = () => ({
    PATH: process.env["PATH"],
    BEARERKIT_ISSUER: issuer.url,
    BEARERKIT_CLIENT_ID: "web",
    BEARERKIT_CLIENT_SECRET: secret("web"),
    WEB_COOKIE_KEYS: cookieKey,
    API_URL: options.api.url,
    API_AUDIENCE: orders,
    API_SCOPE: "read",
    SECOND_API_URL: options.second.url,
    SECOND_API_AUDIENCE: reports,
    SECOND_API_SCOPE: "see",
  })

  it("says where it listens, and answers there", async () => {
    const child = spawn(process.execPath, [main, "--port", "0", "--sessions", "memory"], {
      env: { ...env(), ...watched() },
      stdio: ["ignore", "pipe", "inherit"],
    })
    const ended = once(child, "exit")
    let printed = ""
    for await (const chunk of child.stdout) {
      printed += String(chunk)
      if (printed.endsWith("\n")) break
    }
    expect(printed).toMatch(/^web: http:\S+\n$/)
    expect(await textOf(fetch(printed.slice(5, -1)))).toContain("Sign in")
    child.kill()
    await ended
  })

  it("says what is missing or wrong", () => {
    const { WEB_COOKIE_KEYS: _, ...keyless } = env()
    expect(() => parseOptions([], keyless)).toThrow("WEB_COOKIE_KEYS is not set")
    expect(() => parseOptions(["--sessions", "clay"], env())).toThrow("--sessions is one of")
    expect(() => parseOptions(["--sessions", "redis"], env())).toThrow("WEB_STORE_SECRET is not set")
    expect(() => parseOptions(["--port", "many"], env())).toThrow("--port is a number")
  })
})
