import type { Page } from "@bearerkit/services"
import { describe, expect, it } from "vitest"
import { addressesOf, framedWorld, framesIn, hour } from "./support/framed.ts"
import {
  bob,
  comeBack,
  leave,
  noBrowser,
  openTab,
  orders,
  sleepAndWake,
  statusOf,
  tokenOf,
  untilStatus,
} from "./support/world.ts"

describe.skipIf(noBrowser)("a renewal in a frame that brings nothing, in Chromium", { timeout: 30_000 }, () => {
  const suite = framedWorld()
  const { signedIn, codes } = suite
  const failureOf = (page: Page) =>
    page.evaluate(() =>
      window.kit.client.token().then(
        () => undefined,
        ({ code, message, error }: { code: string; message: string; error?: string }) => ({ code, message, error }),
      ),
    )
  /** Lets the frame's request go no further than here, or answers it so. */
  const holdFrames = async (
    page: Page,
    answer?: { readonly body: string; readonly headers: Record<string, string> },
  ) => {
    const held: Array<string> = []
    await page.route("**/authorize?*prompt=none*", async (route) => {
      held.push(route.request().url())
      if (answer !== undefined) await route.fulfill({ contentType: "text/html", ...answer })
    })
    return held
  }
  const begin = (page: Page) =>
    page.evaluate((millis) => {
      window.slept = millis
      window.token = window.kit.client.token()
      window.token.catch(() => {})
    }, hour)

  it("needs a person where the session at the issuer is over, and does not ask again and again", () =>
    signedIn({}, async (page, person) => {
      await person.clearCookies()
      const urls = addressesOf(page)
      await sleepAndWake(page, hour)
      await untilStatus(page, "needs-login")
      for (let time = 0; time < 3; time++) {
        expect(await failureOf(page)).toMatchObject({ code: "login_required", error: "login_required" })
      }
      await sleepAndWake(page, 0)
      expect(await statusOf(page)).toBe("needs-login")
      expect(framesIn(urls)).toHaveLength(1)
      expect(page.frames()).toHaveLength(1)
      await sleepAndWake(page, 60_000)
      await failureOf(page)
      expect(framesIn(urls)).toHaveLength(2)
    }))

  it("leaves the login alone where only another target needs a person", () =>
    signedIn({}, async (page) => {
      const code = await page.evaluate(
        (resource) =>
          window.kit.client
            .token({ resource, scope: "openid write" })
            .catch(({ code, error }: { code: string; error: string }) => ({ code, error })),
        orders,
      )
      expect(code).toEqual({ code: "login_required", error: "consent_required" })
      expect(await statusOf(page)).toBe("signed-in")
      expect(await tokenOf(page)).toMatch(/^ey/)
    }))

  it("never becomes the login of somebody else", () =>
    signedIn({}, async (page, person) => {
      await person.clearCookies()
      const other = await openTab(person, suite.world.origin)
      await leave(other)
      await comeBack(other, bob)
      const sub = await other.evaluate(() => window.kit.client.state().claims?.sub)
      const urls = addressesOf(page)
      const states = () => page.evaluate(() => window.kit.states.map(({ claims }) => claims?.sub))
      await sleepAndWake(page, hour)
      await untilStatus(page, "needs-login")
      expect(await page.evaluate(() => window.kit.client.state().error?.code)).toBe("id_token_refused")
      expect(await failureOf(page)).toMatchObject({ code: "login_required" })
      expect(framesIn(urls)).toHaveLength(1)
      expect(await states()).not.toContain(sub)
      expect(await page.evaluate((sub) => JSON.stringify(sessionStorage).includes(sub ?? ""), sub)).toBe(false)
    }))

  it("gives up a frame that stays silent, takes it away and says what may be wrong", () =>
    signedIn({ iframe: { redirectUri: `${suite.world.origin}/silent`, timeout: 300 } }, async (page) => {
      await holdFrames(page, { body: "Who are you?", headers: { "x-frame-options": "DENY" } })
      await sleepAndWake(page, hour)
      await untilStatus(page, "offline")
      const failure = await failureOf(page)
      expect(failure).toMatchObject({ code: "timeout" })
      expect(failure?.message).toMatch(/X-Frame-Options.*frame-ancestors.*frame-src.*cookies.*answerToParent/)
      expect(failure?.message).not.toMatch(/state|nonce|\?/)
      expect(page.frames()).toHaveLength(1)
      expect(await page.evaluate(() => window.kit.client.state().claims?.sub)).toMatch(/^database/)
      await page.unrouteAll()
      await expect.poll(() => failureOf(page), { timeout: 20_000 }).toBeUndefined()
      await untilStatus(page, "signed-in")
    }))

  it("is offline while there is no network, without a frame", () =>
    signedIn({}, async (page, person) => {
      const urls = addressesOf(page)
      await person.setOffline(true)
      await sleepAndWake(page, hour)
      expect(await failureOf(page)).toMatchObject({ code: "unreachable" })
      expect(await statusOf(page)).toBe("offline")
      expect(framesIn(urls)).toEqual([])
      await person.setOffline(false)
      await untilStatus(page, "signed-in")
      expect(framesIn(urls)).toHaveLength(1)
    }))

  it("hears nobody but its own frame", () =>
    signedIn({ iframe: { redirectUri: `${suite.world.origin}/silent`, timeout: 15_000 } }, async (page, person) => {
      const stranger = await openTab(person, suite.world.origin)
      const held = await holdFrames(page)
      await begin(page)
      await expect.poll(() => held).toHaveLength(1)
      const [request = ""] = held
      const state = new URL(request).searchParams.get("state") ?? ""
      await stranger.evaluate(
        ([state, callback]) => {
          const channel = new BroadcastChannel(`bearerkit:answer:${state}`)
          const say = channel.postMessage.bind(channel)
          const other = `${callback}?code=stolen&state=${"s".repeat(43)}`
          for (const message of [null, 1, {}, "taken", "https://evil.example/", callback, other]) say(message)
          window.postMessage(`${callback}?code=a&state=${state}`, "*")
        },
        [state, `${suite.world.origin}/silent`] as const,
      )
      const before = codes()
      expect(page.frames()).toHaveLength(2)
      await page.unrouteAll()
      await page
        .frames()[1]
        ?.goto(request)
        .catch(() => {})
      expect(await page.evaluate(() => window.token)).toMatch(/^ey/)
      expect(codes() - before).toBe(1)
    }))

  it("is over, with its frame, as soon as all have given up who asked for it", () =>
    signedIn({}, async (page) => {
      const held = await holdFrames(page)
      const asked = await page.evaluateHandle((millis) => {
        window.slept = millis
        const { client } = window.kit
        const controllers = [new AbortController(), new AbortController()]
        const tokens = controllers.map(({ signal }) => client.token(undefined, { signal }))
        const reasons = tokens.map((token) => token.catch((error: unknown) => error))
        return { controllers, reasons }
      }, hour)
      const giveUp = (index: number) =>
        asked.evaluate(({ controllers, reasons }, index) => {
          controllers[index]?.abort("changed my mind")
          return reasons[index]
        }, index)
      await expect.poll(() => held).toHaveLength(1)
      expect(await page.locator("iframe").isVisible()).toBe(false)
      expect(await giveUp(0)).toBe("changed my mind")
      expect(page.frames()).toHaveLength(2)
      expect(await giveUp(1)).toBe("changed my mind")
      await expect.poll(() => page.frames(), { timeout: 5000 }).toHaveLength(1)
      await page.unrouteAll()
      expect(await tokenOf(page)).toMatch(/^ey/)
    }))

  it("lets go of its frame with the client", () =>
    signedIn({}, async (page) => {
      const held = await holdFrames(page)
      await begin(page)
      await expect.poll(() => held).toHaveLength(1)
      await page.evaluate(() => window.kit.client.close())
      expect(await page.evaluate(() => document.querySelectorAll("iframe").length)).toBe(0)
    }))

  it("starts no frame in a frame, where the page that it came back to starts the application", () =>
    signedIn({ iframe: { timeout: 15_000 } }, async (page, person) => {
      await person.addInitScript((slept) => {
        if (window.parent !== window) Object.assign(window, { config: { ...window.config, deaf: true }, slept })
      }, hour)
      const urls = addressesOf(page)
      await begin(page)
      await expect.poll(() => page.frames().length).toBe(2)
      const frame = page.frames()[1]
      // what is hidden draws nothing to wait for
      await frame?.waitForFunction(() => window.kit?.client.state().claims, undefined, { polling: 50 })
      await frame?.evaluate(() => void window.kit.client.token().catch(() => {}))
      expect(page.frames()).toHaveLength(2)
      expect(framesIn(urls)).toHaveLength(1)
      await page.evaluate(() => window.kit.client.close())
    }))
})

declare global {
  interface Window {
    token?: Promise<string>
  }
}
