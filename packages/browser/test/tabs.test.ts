import type { BrowserContext, Page } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { PageConfig } from "./page/kit.ts"
import {
  comeBack,
  leave,
  makeWorld,
  noBrowser,
  openTab,
  signIn,
  sleepAndWake,
  statusOf,
  tokenOf,
  untilStatus,
  wakeAfter,
  type World,
} from "./support/world.ts"

describe.skipIf(noBrowser)("tabs of one browser", { timeout: 30_000 }, () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
  }, 30_000)
  afterAll(() => world[Symbol.asyncDispose]())

  /** A new person with so many tabs, signed in from the first; gone when the test is over. */
  const withTabs = async (
    count: number,
    storage: PageConfig["storage"],
    use: (tabs: ReadonlyArray<Page>, person: BrowserContext) => Promise<void>,
  ): Promise<void> => {
    const person = await world.person({ storage })
    const first = await openTab(person, world.origin)
    await signIn(first)
    const others = Array.from({ length: count - 1 }, () => openTab(person, world.origin))
    await use([first, ...(await Promise.all(others))], person)
    await person.close()
  }
  const refreshes = () => world.issuer.refreshes.length
  const hour = 3_600_000

  it.each(["localStorage", "cookie"] as const)("two tabs renew once (%s)", (storage) =>
    withTabs(2, storage, async (tabs) => {
      const before = refreshes()
      const old = await tokenOf(tabs[0]!)
      await Promise.all(tabs.map((tab) => sleepAndWake(tab, hour)))
      const tokens = await Promise.all(tabs.map(tokenOf))
      expect(refreshes() - before).toBe(1)
      expect(new Set(tokens).size).toBe(1)
      expect(tokens).not.toContain(old)
    }),
  )

  it.each(["localStorage", "cookie", "encryptedIndexedDb"] as const)(
    "what one tab writes under the lock the next one reads under it (%s)",
    async (storage) => {
      const person = await world.person()
      const tabs = await Promise.all([person.newPage(), person.newPage()])
      await Promise.all(tabs.map((tab) => tab.goto(`${world.origin}/laws`)))
      const counts = tabs.map((tab) => tab.evaluate((storage) => window.countUp(storage, 100), storage))
      expect(Math.max(...(await Promise.all(counts)))).toBe(200)
      await person.close()
    },
  )

  it.each(["localStorage", "encryptedIndexedDb"] as const)(
    "two tabs renew once each time, whoever comes first and whenever (%s)",
    (storage) =>
      withTabs(2, storage, async (tabs) => {
        const begun = refreshes()
        for (let round = 0; round < 25; round++) {
          const before = refreshes()
          const old = await tokenOf(tabs[0]!)
          const delays = tabs.map(() => Math.floor(Math.random() * 40))
          const seen = await Promise.all(tabs.map((tab, index) => wakeAfter(tab, delays[index]!, hour)))
          const now = {
            tokens: new Set(seen.map(({ token }) => token)).size,
            statuses: seen.map(({ status }) => status),
          }
          expect({ delays, round, ...now, renewals: refreshes() - before }).toEqual({
            delays,
            round,
            tokens: 1,
            statuses: ["signed-in", "signed-in"],
            renewals: 1,
          })
          expect(seen[0]?.token).not.toBe(old)
        }
        expect(world.issuer.refreshes.slice(begun).filter(({ outcome }) => outcome !== "ok")).toEqual([])
      }),
  )

  it.each(["localStorage", "encryptedIndexedDb"] as const)(
    "ten tabs that wake up at expiry send one refresh request, and nobody is signed out (%s)",
    (storage) =>
      withTabs(10, storage, async (tabs) => {
        const before = refreshes()
        await Promise.all(tabs.map((tab) => sleepAndWake(tab, hour)))
        await Promise.all(tabs.map((tab) => untilStatus(tab, "signed-in")))
        const tokens = await Promise.all(tabs.map(tokenOf))
        expect(refreshes() - before).toBe(1)
        expect(new Set(tokens).size).toBe(1)
        expect(world.issuer.refreshes.slice(before).filter(({ outcome }) => outcome !== "ok")).toEqual([])
      }),
  )

  it("a tab that is closed while it renews leaves the renewal to another", () =>
    withTabs(2, "localStorage", async ([first, second]) => {
      const before = refreshes()
      const held = new Promise<void>((resolve) => {
        void first!.route("**/token", () => resolve())
      })
      await sleepAndWake(first!, hour)
      await held
      await sleepAndWake(second!, hour)
      await untilStatus(second!, "renewing")
      const waiting = tokenOf(second!)
      expect(refreshes()).toBe(before)
      await first!.goto("chrome://crash").catch(() => {})
      expect(await waiting).toMatch(/^ey/)
      await untilStatus(second!, "signed-in")
      expect(refreshes() - before).toBe(1)
    }))

  it.each(["localStorage", "encryptedIndexedDb"] as const)("see a login and a logout (%s)", (storage) =>
    withTabs(1, storage, async ([first], person) => {
      await first!.evaluate(() => window.kit.client.logout())
      const other = await openTab(person, world.origin)
      expect(await statusOf(other)).toBe("signed-out")
      await signIn(first!)
      await untilStatus(other, "signed-in")
      expect(await tokenOf(other)).toBe(await tokenOf(first!))
      await other.evaluate(() => window.kit.client.logout())
      await untilStatus(first!, "signed-out")
      expect(await first!.evaluate(() => localStorage.length)).toBe(0)
    }),
  )

  it("see a login and a logout with tokens in memory only, and every refresh token is revoked", () =>
    withTabs(1, "memory", async ([first], person) => {
      const other = await openTab(person, world.origin)
      await untilStatus(other, "needs-login")
      await first!.evaluate(() => window.kit.client.logout())
      await untilStatus(other, "signed-out")
      await signIn(first!)
      await untilStatus(other, "needs-login")
      await leave(other)
      await comeBack(other)
      expect(await statusOf(other)).toBe("signed-in")
      const before = world.issuer.countRequests("/revoke", "POST")
      await other.evaluate(() => window.kit.client.logout())
      await untilStatus(first!, "signed-out")
      await expect.poll(() => world.issuer.countRequests("/revoke", "POST") - before).toBe(2)
      expect(
        await first!.evaluate(() => window.kit.client.token().catch((error: { code: string }) => error.code)),
      ).toBe("login_required")
    }))

  it("sign out everywhere: here, in the other tabs, and at the issuer", () =>
    withTabs(2, "localStorage", async ([first, second]) => {
      await first!.evaluate(() => window.kit.client.logout({ everywhere: true }))
      await first!.getByRole("button", { name: "Log out" }).click()
      await untilStatus(second!, "signed-out")
      await leave(second!)
      expect(await second!.getByLabel("Password").count()).toBe(1)
    }))

  it("offline is a state of its own: nobody is signed out, and the network's return is noticed", () =>
    withTabs(1, "sessionStorage", async ([tab], person) => {
      const before = await tokenOf(tab!)
      await person.setOffline(true)
      await untilStatus(tab!, "offline")
      expect(await tokenOf(tab!)).toBe(before)
      await sleepAndWake(tab!, hour)
      const code = () => tab!.evaluate(() => window.kit.client.token().catch((error: { code: string }) => error.code))
      expect(await code()).toBe("unreachable")
      expect(await statusOf(tab!)).toBe("offline")
      expect(await tab!.evaluate(() => window.kit.client.state().claims?.sub)).toMatch(/^database/)
      await person.setOffline(false)
      await untilStatus(tab!, "signed-in")
      expect(await tokenOf(tab!)).not.toBe(before)
    }))

  it("a login that the issuer has ended needs a person, in every tab", () =>
    withTabs(2, "localStorage", async ([first, second]) => {
      await first!.evaluate(async () => {
        const [, text = ""] = Object.entries(localStorage).find(([key]) => key.startsWith("bearerkit:login")) ?? []
        const { value } = JSON.parse(text) as { value: string }
        const { refreshToken } = JSON.parse(value) as { refreshToken: string }
        const { issuer, clientId } = window.config.options
        const body = new URLSearchParams({ token: refreshToken, client_id: clientId })
        await fetch(`${issuer}/revoke`, { method: "POST", body })
      })
      await Promise.all([first!, second!].map((tab) => sleepAndWake(tab, hour)))
      await Promise.all([first!, second!].map((tab) => untilStatus(tab, "needs-login")))
      expect(await second!.evaluate(() => window.kit.client.state().claims)).toBeUndefined()
    }))
})
