import { startSpa } from "@bearerkit/app-spa"
import { isBrowserAvailable, startBrowser } from "@bearerkit/services"
import { expect, it } from "vitest"

it.skipIf(!isBrowserAvailable().available).each([
  ["production", false],
  ["development", true],
])(
  "the single page app says what is wrong in a browser that keeps nothing, built for %s",
  { timeout: 60_000 },
  async (_, development) => {
    await using spa = await startSpa({ development })
    const nowhere = "https://nowhere.test"
    const names = { clientId: "spa", hashClientId: "spa", audience: nowhere, nextAudience: nowhere }
    spa.configure({ issuer: nowhere, api: nowhere, ahead: 0, ...names })
    await using browser = await startBrowser()
    const page = await browser.newPage()
    const errors: Array<string> = []
    page.on("pageerror", (error) => errors.push(error.message))
    await page.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        const get = () => {
          throw new DOMException("blocked", "SecurityError")
        }
        Object.defineProperty(window, name, { get })
      }
    })
    await page.goto(spa.url)
    await page.getByRole("heading", { name: "One login, every tab" }).waitFor()
    expect(await page.getByRole("alert").textContent()).toContain("The token store failed to get (SecurityError)")
    expect(await page.getByRole("status").getAttribute("data-status")).toBe("needs-login")
    expect(errors).toEqual([])
  },
)
