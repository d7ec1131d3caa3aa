import type { BrowserContext, Page } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { LoginOptions } from "../src/index.ts"
import { alice, makeWorld, noBrowser, openTab, statusOf, tokenOf, untilStatus, type World } from "./support/world.ts"

describe.skipIf(noBrowser)("a login in a window of its own, in Chromium", () => {
  let world: World
  let person: BrowserContext
  beforeAll(async () => {
    world = await makeWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** A page whose person has asked for the window, and what comes of it. */
  const opened = async (options: LoginOptions = {}) => {
    person = await world.person()
    const page = await openTab(person, `${world.origin}/orders?page=2#top`)
    const opening = page.waitForEvent("popup")
    await page.evaluate((options) => {
      window.outcome = window.kit.loginByPopup(window.kit.client, options).then(
        ({ callback, status, returnTo }) => ({ callback, status, returnTo }),
        ({ code }: { code: string }) => ({ code }),
      )
    }, options)
    return { page, popup: await opening, outcome: () => page.evaluate(() => window.outcome) }
  }

  const answer = async (popup: Page): Promise<void> => {
    await popup.getByLabel("User name").fill(alice.username)
    await popup.getByLabel("Password").fill(alice.password)
    await popup.getByRole("button", { name: "Log in" }).click()
    const allow = popup.getByRole("button", { name: "Allow" })
    // the window may be gone before the click is reported
    await allow.click().catch(() => {})
  }

  it("leaves the page as it is, and its tokens in its memory", async () => {
    const { page, popup, outcome } = await opened({ prompt: "consent" })
    await answer(popup)
    expect(await outcome()).toEqual({ callback: "completed", status: "signed-in", returnTo: "/orders?page=2#top" })
    expect(page.url()).toBe(`${world.origin}/orders?page=2#top`)
    expect((await tokenOf(page)).split(".")).toHaveLength(3)
    expect(await page.evaluate(() => window.kit.client.state().error)).toBeUndefined()
    await expect.poll(() => person.pages().length).toBe(1)
    const other = await openTab(person, world.origin)
    await untilStatus(other, "needs-login")
    await person.close()
  })

  it("needs no tie between the windows (Cross-Origin-Opener-Policy)", async () => {
    person = await world.person()
    await person.route(`${world.issuer.url}/**`, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 })
      await route.fulfill({ response, headers: { ...response.headers(), "cross-origin-opener-policy": "same-origin" } })
    })
    const page = await openTab(person, world.origin)
    const opening = page.waitForEvent("popup")
    await page.evaluate(() => {
      // the person is at the window; a driven browser says of all pages that they have the focus
      document.hasFocus = () => false
      const open = window.open.bind(window)
      window.open = (...args) => {
        window.popup = open(...args)
        return window.popup
      }
      window.outcome = window.kit
        .loginByPopup(window.kit.client, { prompt: "consent" })
        .then(({ callback, status }) => ({ callback, status }))
    })
    const popup = await opening
    await popup.getByLabel("User name").waitFor()
    await page.waitForFunction(() => window.popup?.closed)
    expect(await popup.evaluate(() => window.opener)).toBeNull()
    await answer(popup)
    expect(await page.evaluate(() => window.outcome)).toEqual({ callback: "completed", status: "signed-in" })
    await person.close()
  })

  it("can be given up", async () => {
    const { page, popup, outcome } = await opened()
    await popup.getByLabel("User name").waitFor()
    await popup.close()
    expect(await outcome()).toEqual({ code: "popup_closed" })
    expect(await statusOf(page)).toBe("signed-out")
    await person.close()
  })

  it("can be refused", async () => {
    const { page, popup, outcome } = await opened()
    await popup.getByRole("button", { name: "Cancel" }).click()
    expect(await outcome()).toEqual({ code: "access_denied" })
    expect(await statusOf(page)).toBe("signed-out")
    await person.close()
  })

  it("is not begun where the browser opens no window, or who asked has given up before", async () => {
    person = await world.person()
    const page = await openTab(person, world.origin)
    const before = world.issuer.countRequests("/.well-known/openid-configuration")
    const codes = await page.evaluate(async () => {
      const { client, loginByPopup } = window.kit
      const aborted = AbortSignal.abort("given up")
      const reason = await loginByPopup(client, {}, { signal: aborted }).catch((error: unknown) => error)
      window.open = () => null
      return [reason, await loginByPopup(client).catch((error: { code: string }) => error.code)]
    })
    expect(codes).toEqual(["given up", "popup_blocked"])
    expect(world.issuer.countRequests("/.well-known/openid-configuration")).toBe(before)
    expect(person.pages()).toHaveLength(1)
    await person.close()
  })

  it("ends with the signal of who asked for it", async () => {
    person = await world.person()
    const page = await openTab(person, world.origin)
    const opening = page.waitForEvent("popup")
    await page.evaluate(() => {
      const controller = new AbortController()
      window.abort = () => controller.abort("changed my mind")
      const { client, loginByPopup } = window.kit
      window.outcome = loginByPopup(client, {}, { signal: controller.signal }).catch((error: unknown) => error)
    })
    await (await opening).getByLabel("User name").waitFor()
    await page.evaluate(() => window.abort?.())
    expect(await page.evaluate(() => window.outcome)).toBe("changed my mind")
    await expect.poll(() => person.pages().length).toBe(1)
    await person.close()
  })

  it("is of no use to a page that did not ask for it", async () => {
    person = await world.person()
    const state = "s".repeat(43)
    const page = await openTab(person, `${world.origin}/callback?code=a&state=${state}&iss=${world.issuer.url}`)
    expect(await page.evaluate(() => window.kit.client.state().error?.code)).toBe("invalid_state")
    await person.close()
  })
})

declare global {
  interface Window {
    outcome?: Promise<unknown>
    popup?: WindowProxy | null
    abort?: () => void
  }
}
