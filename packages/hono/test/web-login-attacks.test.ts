import { memoryStorage, storedSessions } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { CompactEncrypt } from "jose"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asScript, type Browser, locationOf, site } from "./support/browser.ts"
import { bob, cookieKeys, day, hour, sessionStorages, movedClock, startApp, startTestIssuer } from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

/** The code of the problem, and its status. */
const problemOf = async (answer: Response) => {
  const { status, code } = (await answer.json()) as { readonly status: number; readonly code: string }
  expect(answer.status).toBe(status)
  return [status, code]
}

const isSignedIn = async (browser: Browser) => (await browser.get("/me", asScript)).status === 200

const nameOf = async (browser: Browser) =>
  ((await (await browser.get("/me")).json()) as { session: { user: { name: string } } }).session.user.name

describe.each(sessionStorages)("with sessions in %s", (_, sessions) => {
  it("login CSRF: an answer to somebody else's login signs nobody in", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const [attacker, victim] = [world.browser(bob), world.browser()]
    const bait = await attacker.arrive()
    expect(await problemOf(await victim.get(bait, asScript))).toEqual([400, "invalid_state"])
    expect(await isSignedIn(victim)).toBe(false)
    await victim.signIn()
    expect((await victim.get(bait)).status).toBe(303)
    expect(await nameOf(victim)).toBe("Alice")
  })

  it("code injection: a stolen code is no use in another login", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const [attacker, victim] = [world.browser(bob), world.browser()]
    const stolen = new URL(await victim.arrive(), site)
    const own = new URL(await attacker.arrive(), site)
    own.searchParams.set("code", stolen.searchParams.get("code") ?? "")
    expect(await problemOf(await attacker.get(`${own.pathname}${own.search}`, asScript))).toEqual([
      400,
      "invalid_grant",
    ])
    expect(await isSignedIn(attacker)).toBe(false)
  })

  it("mix-up: an answer that names another issuer is refused, and its code goes nowhere", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const arrival = new URL(await browser.arrive(), site)
    const before = issuer.countGrants("authorization_code")
    arrival.searchParams.set("iss", "https://evil.example")
    expect(await problemOf(await browser.get(`/callback${arrival.search}`, asScript))).toEqual([400, "issuer_mismatch"])
    expect(issuer.countGrants("authorization_code")).toBe(before)
  })

  it("a replayed callback signs nobody in, and sends who is signed in on", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const arrival = await browser.arrive("/login?returnTo=/open")
    const thief = browser.copy()
    expect(locationOf(await browser.get(arrival))).toBe("/open")
    expect(locationOf(await browser.get(arrival))).toBe("/")
    expect(await isSignedIn(browser)).toBe(true)
    expect(await problemOf(await thief.get(arrival, asScript))).toEqual([400, "invalid_state"])
    expect(await isSignedIn(thief)).toBe(false)
  })

  it("open redirects: only own paths are returned to", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    for (const foreign of ["https://evil.example", "//evil.example", "/\\evil.example", "/%2Fevil.example"]) {
      const back = await browser.signIn(`/login?returnTo=${encodeURIComponent(foreign)}`)
      expect([foreign, locationOf(back)]).toEqual([foreign, "/"])
    }
  })

  it("session fixation: a login begins a new session, and the one before ends", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const attacker = world.browser(bob)
    await attacker.signIn()
    const victim = world.browser()
    for (const [name, value] of attacker.cookies) victim.cookies.set(name, value)
    await victim.signIn()
    expect(await nameOf(victim)).toBe("Alice")
    expect([...victim.cookies.values()].some((value) => [...attacker.cookies.values()].includes(value))).toBe(false)
    expect(await isSignedIn(attacker)).toBe(false)
    const invented = world.browser()
    invented.cookies.set("__Host-session", "A".repeat(43))
    expect(await isSignedIn(invented)).toBe(false)
    await invented.signIn()
    expect(invented.cookies.get("__Host-session")).not.toBe("A".repeat(43))
  })

  it("CSRF: another site changes nothing with the session's cookie", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    await browser.signIn()
    const json = { accept: "application/json" }
    const foreign: ReadonlyArray<Record<string, string>> = [
      { origin: "https://evil.example" },
      { origin: "https://evil.app.example", "sec-fetch-site": "same-site" },
      { origin: "null" },
      { origin: `${site}.evil.example` },
      { origin: "http://app.example" },
      { "sec-fetch-site": "cross-site" },
      {},
    ]
    for (const headers of foreign) {
      for (const path of ["/change", "/logout"]) {
        const answer = await browser.copy().post(path, { ...json, ...headers })
        expect(await problemOf(answer)).toEqual([403, "cross_site_request"])
      }
    }
    const socket = { ...json, upgrade: "websocket", origin: "https://evil.example" }
    expect(await problemOf(await browser.get("/open", socket))).toEqual([403, "cross_site_request"])
    expect(await isSignedIn(browser)).toBe(true)
    expect(await (await browser.post("/change")).text()).toBe("changed")
    expect((await browser.get("/logout")).status).toBe(404)
    expect((await world.browser().post("/change", {})).status).toBe(200)
  })

  it("a stale write revives nobody: who signs out while a renewal is under way stays signed out", async () => {
    const clock = movedClock()
    let release = (): void => {}
    let asked = (): void => {}
    const arrived = new Promise<void>((resolve) => void (asked = resolve))
    const held = new Promise<void>((resolve) => void (release = resolve))
    const slow: typeof fetch = async (input, init) => {
      if (String(init?.body).includes("grant_type=refresh_token")) {
        asked()
        await held
      }
      return fetch(input, init)
    }
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now, fetch: slow })
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    const waiting = browser.copy()
    const renewal = waiting.get("/me", asScript)
    await arrived
    await browser.post("/logout")
    release()
    expect((await renewal).status).toBe(401)
    expect(await isSignedIn(waiting)).toBe(false)
  })

  it("a copied cookie is no use after the logout", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    await browser.signIn()
    const thief = browser.copy()
    await browser.post("/logout")
    expect(await isSignedIn(thief)).toBe(false)
  })

  it("shows no code, state or token in a refusal, and where to begin again", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const arrival = await browser.arrive("/login?returnTo=/open")
    const query = new URL(arrival, site).searchParams
    query.set("code", "not-the-code-that-came-back")
    const page = await browser.get(`/callback?${query.toString()}`)
    const text = await page.text()
    expect(page.status).toBe(400)
    expect(page.headers.get("content-type")).toContain("text/html")
    expect(page.headers.get("cache-control")).toBe("private, no-store")
    expect(text).toContain('href="/login?returnTo=%2Fopen"')
    for (const secret of [query.get("state"), query.get("code"), ...issuer.minted]) expect(text).not.toContain(secret)
    expect(world.errors).toEqual(["invalid_grant"])
  })

  it("a login that took too long is refused", async () => {
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now })
    const browser = world.browser()
    const arrival = await browser.arrive()
    clock.ahead = hour
    expect(await problemOf(await browser.get(arrival, asScript))).toEqual([400, "transaction_expired"])
  })

  it("cookies are __Host-, Secure, HttpOnly, SameSite=Lax, and never kept by a cache", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const answers = [await browser.get("/login"), await browser.signIn(), await browser.post("/logout")]
    for (const answer of answers) {
      expect(answer.headers.get("cache-control")).toBe("private, no-store")
      const lines = answer.headers.getSetCookie()
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) {
        expect(line).toMatch(/^__Host-[\w.-]+=[\w.-]*; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/)
      }
    }
  })
})

describe("a sealed session cookie", () => {
  const parts = async (browser: Browser) => {
    const names = browser.named("__Host-session")
    return { names, values: names.map((name) => browser.cookies.get(name)!) }
  }

  it("cookie tampering: one changed character is no session", async () => {
    await using world = startApp(issuer)
    const browser = world.browser()
    await browser.signIn()
    const { names, values } = await parts(browser)
    for (const [index, name] of names.entries()) {
      const value = values[index]!
      for (let at = 0; at < value.length; at += 97) {
        const other = browser.copy()
        other.cookies.set(name, `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`)
        expect(await isSignedIn(other)).toBe(false)
      }
    }
  })

  it("cookie downgrade: another algorithm, key, purpose or name is no session", async () => {
    await using world = startApp(issuer)
    const browser = world.browser()
    await browser.signIn()
    const { names, values } = await parts(browser)
    const sealed = values.join("")
    const [header = ""] = sealed.split(".")
    const { kid } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string }
    const raw = new TextEncoder().encode(cookieKeys[0]).slice(0, 32)
    const forged = [
      await new CompactEncrypt(new Uint8Array(9)).setProtectedHeader({ alg: "dir", enc: "A256GCM", kid }).encrypt(raw),
      await new CompactEncrypt(new Uint8Array(9))
        .setProtectedHeader({ alg: "A256KW", enc: "A256GCM", kid })
        .encrypt(raw),
      sealed.replace(header, Buffer.from(JSON.stringify({ alg: "none", kid })).toString("base64url")),
      sealed.replace(header, Buffer.from(JSON.stringify({ alg: "dir", enc: "A128GCM", kid })).toString("base64url")),
    ]
    for (const value of forged) {
      const other = world.browser()
      other.cookies.set("__Host-session", value)
      expect(await isSignedIn(other)).toBe(false)
    }
    const login = world.browser()
    await login.get("/login")
    const [transaction = ""] = login.cookies.values()
    login.cookies.set("__Host-session", transaction)
    expect(await isSignedIn(login)).toBe(false)
    await using elsewhere = startApp(issuer, { cookieName: "other" })
    const other = elsewhere.browser()
    for (const [index, name] of names.entries()) other.cookies.set(name.replace("session", "other"), values[index]!)
    expect(await isSignedIn(other)).toBe(false)
  })

  it("key rotation: an old key opens and the new one reseals; a key that is gone opens nothing", async () => {
    const next = "the next key of the cookies, 32 bytes and more"
    await using before = startApp(issuer)
    await using during = startApp(issuer, { cookieKeys: [next, ...cookieKeys] })
    await using after = startApp(issuer, { cookieKeys: [next] })
    const browser = before.browser()
    await browser.signIn()
    const move = (world: typeof before) => {
      const moved = world.browser()
      for (const [name, value] of browser.cookies) moved.cookies.set(name, value)
      return moved
    }
    expect(await isSignedIn(move(after))).toBe(false)
    const resealed = move(during)
    expect(await isSignedIn(resealed)).toBe(true)
    browser.cookies.clear()
    for (const [name, value] of resealed.cookies) browser.cookies.set(name, value)
    expect(await isSignedIn(move(after))).toBe(true)
    expect(await isSignedIn(move(before))).toBe(false)
  })

  it("oversized cookies: a gap is no session, a stranger's piece changes nothing, and the server stays up", async () => {
    await using world = startApp(issuer)
    const browser = world.browser()
    await browser.signIn()
    expect(browser.named("__Host-session")).toEqual(["__Host-session.0", "__Host-session.1"])
    const spoil = (change: (cookies: Map<string, string>) => void) => {
      const other = browser.copy()
      change(other.cookies)
      return isSignedIn(other)
    }
    expect(await spoil((cookies) => cookies.delete("__Host-session.0"))).toBe(false)
    expect(await spoil((cookies) => cookies.delete("__Host-session.1"))).toBe(false)
    expect(await spoil((cookies) => cookies.set("__Host-session.2", "more"))).toBe(true)
    expect(await spoil((cookies) => cookies.set("__Host-session", "whole"))).toBe(true)
    expect(await spoil((cookies) => cookies.set("__Host-session.evil", "x"))).toBe(true)
    expect(await spoil((cookies) => cookies.set("__Host-session.0", "x".repeat(100_000)))).toBe(false)
  })
})

it("a stranger's store entry is no session", async () => {
  await using world = startApp(issuer, { sessions: storedSessions({ storage: memoryStorage() }) })
  const browser = world.browser()
  for (const value of ["", "x", "__proto__", "sessions:abc", `${"A".repeat(42)}=`, "A".repeat(10_000)]) {
    browser.cookies.set("__Host-session", value)
    expect(await isSignedIn(browser)).toBe(false)
  }
  expect(day).toBe(86_400_000)
})
