import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeWorld, noBrowser, openTab, type World } from "../support/world.ts"

describe.skipIf(noBrowser)("a storage that the browser denies, in Chromium", () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
  }, 30_000)
  afterAll(() => world[Symbol.asyncDispose]())

  it.each(["encryptedIndexedDb", "localStorage"] as const)(
    "is named before a person types a password in vain: the page is not left (%s)",
    async (storage) => {
      const person = await world.person({ storage })
      await person.addInitScript(() => {
        const denied = (): never => {
          throw new DOMException("denied", "SecurityError")
        }
        IDBFactory.prototype.open = denied
        Object.defineProperty(window, "localStorage", { get: denied })
      })
      const page = await openTab(person, `${world.origin}/orders`)
      const login = () =>
        window.kit.client.login().then(
          () => "left",
          (error: Error & { readonly code: string }) => `${error.code}: ${error.message}`,
        )
      expect(await page.evaluate(login)).toMatch(/^store_unavailable: .*\(SecurityError\)/)
      expect(page.url()).toBe(`${world.origin}/orders`)
      await person.close()
    },
  )
})
