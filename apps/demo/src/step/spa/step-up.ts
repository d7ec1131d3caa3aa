import { ada, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { answerIssuer, answerOf, lastIssued, signIn } from "./sign-in-page.ts"

/** The API wants a stronger login for a transfer: Ada signs in again, and the transfer goes on (RFC 9470). */
export const stepUp = inBrowser("spa/step-up", async ({ world, page }) => {
  await signIn(world, page)
  await page.goto(`${world.spa.url}/orders`)
  await page.getByRole("button", { name: "Transfer" }).click()
  await page.waitForURL(`${world.issuer.url}/**`)
  await answerIssuer(world, page)
  const done = await answerOf(page, "POST /transfer, resumed")
  expect(done["acr"] === "gold", `the API read the acr ${String(done["acr"])}`)
  return {
    line: `the API wanted a stronger login for a transfer; ${ada.username} signed in again, and the transfer was made`,
    detail: { jti: lastIssued(world), client: clients.spa, acr: done["acr"] },
  }
})
