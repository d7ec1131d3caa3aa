import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { dpop, explainRefusal, sharedFlights, startAuthorizer } from "@bearerkit/core"
import type { Page } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  isReady,
  makeWorld,
  noBrowser,
  openTab,
  orders,
  signIn,
  sleepAndWake,
  target,
  tokenOf,
  type World,
} from "./support/world.ts"

describe.skipIf(noBrowser)("tokens that are bound to the browser, in Chromium", () => {
  let world: World
  let api: string
  const server = createServer()
  beforeAll(async () => {
    world = await makeWorld()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const bound = dpop({ publicUrl: api, required: true })
    const authorizer = await startAuthorizer(
      { issuer: world.issuer.url, audience: orders, dpop: bound },
      { flights: sharedFlights },
    )
    server.on("request", async (request, response) => {
      response.setHeader("access-control-allow-origin", world.origin)
      response.setHeader("access-control-allow-headers", "authorization, dpop")
      if (request.method === "OPTIONS") return response.writeHead(204).end()
      const { method = "GET", url = "/", headers } = request
      const incoming = { method, url: api + url, headers: new Headers(headers as Record<string, string>) }
      const authorized = await authorizer.authorize(incoming)
      const refused = authorized._tag === "Failure" ? authorized.failure : undefined
      return response
        .writeHead(refused?.status ?? 200)
        .end(refused === undefined ? "served" : explainRefusal(refused.reason).code)
    })
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await world[Symbol.asyncDispose]()
  })

  const called = (page: Page) =>
    page.evaluate(async (url) => (await window.kit.client.fetch(url)).text(), `${api}/orders?page=2`)

  it.each(["sessionStorage", "localStorage", "encryptedIndexedDb"] as const)(
    "are used by it alone, over reloads and renewals (%s)",
    async (storage) => {
      const redirectUri = `${world.origin}/callback`
      const options = { issuer: world.issuer.url, clientId: "spa", redirectUri, target, apis: { [api]: target } }
      const person = await world.person({ storage, dpop: true, options })
      const page = await openTab(person, world.origin)
      await signIn(page)
      expect(await page.evaluate(async () => (await window.kit.client.credential()).type)).toBe("DPoP")
      expect(await called(page)).toBe("served")
      const stolen = await tokenOf(page)
      for (const scheme of ["DPoP", "Bearer"]) {
        const response = await fetch(`${api}/orders`, { headers: { authorization: `${scheme} ${stolen}` } })
        expect(response.status).toBe(401)
      }
      await page.reload()
      await isReady(page)
      expect(await tokenOf(page)).toBe(stolen)
      expect(await called(page)).toBe("served")
      await sleepAndWake(page, 3_600_000)
      expect(await tokenOf(page)).not.toBe(stolen)
      expect(await page.evaluate(exportedKey)).toBe("InvalidAccessError")
      expect(await page.evaluate(() => window.kit.client.state().error)).toBeUndefined()
      await person.close()
    },
  )

  it("two tabs that open at once have one key", async () => {
    const person = await world.person({ dpop: true })
    const tabs = await Promise.all([openTab(person, world.origin), openTab(person, world.origin)])
    const keys = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.kit.dpop?.thumbprint)))
    expect(keys[0]).toMatch(/^[\w-]{43}$/)
    expect(keys[1]).toBe(keys[0])
    await person.close()
  })

  it("are for the key that the browser has after its data were cleared, which is that of a tab opened since", async () => {
    const person = await world.person({ storage: "encryptedIndexedDb", dpop: true })
    const page = await openTab(person, world.origin)
    await signIn(page)
    const keyOf = (tab: Page) => tab.evaluate(() => window.kit.dpop?.thumbprint)
    const before = await keyOf(page)
    const devtools = await person.newCDPSession(page)
    await devtools.send("Storage.clearDataForOrigin", { origin: world.origin, storageTypes: "indexeddb" })
    const other = await openTab(person, world.origin)
    await signIn(other)
    const token = await tokenOf(other)
    expect(await keyOf(other)).not.toBe(before)
    await expect.poll(() => page.evaluate(() => window.kit.client.token().catch(() => undefined))).toBe(token)
    expect(await keyOf(page)).toBe(await keyOf(other))
    await sleepAndWake(page, 3_600_000)
    expect(await tokenOf(page)).not.toBe(token)
    expect(await other.evaluate(() => window.kit.client.state())).toMatchObject({
      status: "signed-in",
      error: undefined,
    })
    await person.close()
  })

  it("are not there where the key cannot be kept, and the page is told so", async () => {
    const person = await world.person({ dpop: true })
    await person.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }))
    const page = await openTab(person, world.origin)
    const code = (work: () => Promise<unknown>) => page.evaluate(work)
    expect(await page.evaluate(() => window.kit.client.state().error?.code)).toBe("store_unavailable")
    const refused = () => window.kit.client.login().catch((error: { code: string }) => error.code)
    expect(await code(refused)).toBe("store_unavailable")
    expect(page.url()).toBe(`${world.origin}/`)
    await person.close()
  })
})

/** What comes of an attempt to take the private key out of the browser. */
const exportedKey = (): Promise<string> =>
  new Promise((resolve) => {
    const opening = indexedDB.open("bearerkit")
    opening.addEventListener("success", () => {
      const reading = opening.result.transaction("keys").objectStore("keys").get("DPoP")
      reading.addEventListener("success", () => {
        const { privateKey } = reading.result as CryptoKeyPair
        crypto.subtle.exportKey("jwk", privateKey).then(
          () => resolve("it can be read"),
          (error: DOMException) => resolve(error.name),
        )
      })
    })
  })
