import { describe, expect, it } from "vitest"
import { addressesOf, framed, framedWorld, framesIn, hour, scope } from "./support/framed.ts"
import { noBrowser, openTab, orders, sleepAndWake, statusOf, tokenOf } from "./support/world.ts"

describe.skipIf(noBrowser)("a renewal in a frame, in Chromium", { timeout: 30_000 }, () => {
  const suite = framedWorld()
  const { signedIn, codes } = suite
  const renewable = () => {
    const { options } = framed(suite.world)
    return { ...options, target: { resource: orders, scope: `${scope} offline_access` } }
  }

  it("brings new tokens from the session at the issuer, and shows none in an address", () =>
    signedIn({}, async (page) => {
      const before = { token: await tokenOf(page), codes: codes(), length: await page.evaluate(() => history.length) }
      const urls = addressesOf(page)
      const said: Array<string> = []
      page.on("console", (message) => said.push(message.text()))
      await sleepAndWake(page, hour)
      const token = await tokenOf(page)
      expect(token).not.toBe(before.token)
      expect(await statusOf(page)).toBe("signed-in")
      expect(codes() - before.codes).toBe(1)
      expect(page.frames()).toHaveLength(1)
      expect(page.url()).toBe(`${suite.world.origin}/orders`)
      expect(await page.evaluate(() => history.length)).toBe(before.length)
      const [request, ...others] = framesIn(urls).map((url) => new URL(url).searchParams)
      expect(others).toEqual([])
      expect(Object.fromEntries(request ?? [])).toEqual({
        client_id: "spa",
        response_type: "code",
        redirect_uri: `${suite.world.origin}/silent`,
        state: expect.stringMatching(/^[\w-]{43}$/),
        nonce: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: "S256",
        resource: orders,
        scope,
        prompt: "none",
      })
      expect(urls.join()).not.toContain("eyJ")
      expect(said).toEqual([])
    }))

  it("loads nothing in the frame but the page that hands the answer over", () =>
    signedIn({}, async (page) => {
      const urls = addressesOf(page)
      await sleepAndWake(page, hour)
      await tokenOf(page)
      const paths = urls.filter((url) => url.startsWith(suite.world.origin)).map((url) => new URL(url).pathname)
      expect(paths).toEqual(["/silent", "/silent.js"])
    }))

  it("may come back to the page of every login too", () =>
    signedIn({ iframe: {} }, async (page) => {
      const before = await tokenOf(page)
      await sleepAndWake(page, hour)
      expect(await tokenOf(page)).not.toBe(before)
      expect(page.frames()).toHaveLength(1)
    }))

  it("is done once for all who ask, and one at a time for several targets", () =>
    signedIn({}, async (page) => {
      const before = codes()
      const frames = await page.evaluate(
        async ([millis, resource]) => {
          window.slept = millis
          let most = 0
          const observer = new MutationObserver(() => {
            most = Math.max(most, document.querySelectorAll("iframe").length)
          })
          observer.observe(document.documentElement, { childList: true })
          const { client } = window.kit
          const other = { resource, scope: "openid" }
          await Promise.all([client.token(), client.token(), client.token(other), client.token(other)])
          return { most, left: document.querySelectorAll("iframe").length }
        },
        [hour, orders] as const,
      )
      expect(frames).toEqual({ most: 1, left: 0 })
      expect(codes() - before).toBe(2)
    }))

  it("is done once for all tabs that share a login", () =>
    signedIn({ storage: "localStorage" }, async (page, person) => {
      const other = await openTab(person, suite.world.origin)
      const before = codes()
      await Promise.all([page, other].map((tab) => sleepAndWake(tab, hour)))
      const tokens = await Promise.all([page, other].map(tokenOf))
      expect(new Set(tokens).size).toBe(1)
      expect(codes() - before).toBe(1)
    }))

  it("steps in for a refresh token that the issuer has taken back", () =>
    signedIn({ options: renewable() }, async (page) => {
      await page.evaluate(() => {
        const [key, text] = Object.entries(sessionStorage).find(([key]) => key.startsWith("bearerkit:login")) ?? []
        const unknown = text?.replace(/(refreshToken\\":\\")[^"\\]+/, "$1unknown") ?? ""
        sessionStorage.setItem(key ?? "", unknown)
      })
      const before = { codes: codes(), refreshes: suite.world.issuer.refreshes.length }
      await sleepAndWake(page, hour)
      expect(await tokenOf(page)).toMatch(/^ey/)
      expect(await statusOf(page)).toBe("signed-in")
      expect(codes() - before.codes).toBe(1)
      expect(suite.world.issuer.refreshes.length - before.refreshes).toBe(1)
    }))

  it("tells the issuer who it is for only where the request is pushed (RFC 9126)", () => {
    const { url } = suite.world.issuer
    const metadata = {
      issuer: url,
      authorizationEndpoint: `${url}/authorize`,
      tokenEndpoint: `${url}/token`,
      jwksUri: `${url}/jwks`,
      pushedAuthorizationRequestEndpoint: `${url}/par`,
      requirePushedAuthorizationRequests: true,
    }
    return signedIn({ options: { ...framed(suite.world).options, metadata } }, async (page) => {
      const before = await tokenOf(page)
      const pushed = page.waitForRequest((request) => request.url().endsWith("/par"))
      const urls = addressesOf(page)
      await sleepAndWake(page, hour)
      expect(await tokenOf(page)).not.toBe(before)
      const sent = new URLSearchParams((await pushed).postData() ?? "")
      expect(sent.get("id_token_hint")).toMatch(/^eyJ/)
      expect(sent.get("prompt")).toBe("none")
      expect(urls.join()).not.toContain("eyJ")
    })
  })

  it("binds the new tokens to the key of the browser (DPoP)", () =>
    signedIn({ dpop: true }, async (page) => {
      await sleepAndWake(page, hour)
      const claims = JSON.parse(
        atob((await tokenOf(page)).split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""),
      )
      expect(claims).toMatchObject({ cnf: { jkt: expect.any(String) } })
    }))

  it("renews a login by the location hash too", () =>
    signedIn({ flow: "locationHash", options: { ...framed(suite.world).options, clientId: "page" } }, async (page) => {
      const before = await tokenOf(page)
      await sleepAndWake(page, hour)
      expect(await tokenOf(page)).not.toBe(before)
      expect(page.url()).toBe(`${suite.world.origin}/orders`)
    }))
})
