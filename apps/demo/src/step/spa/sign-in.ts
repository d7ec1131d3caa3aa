import { ada, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { lastIssued, signIn } from "./sign-in-page.ts"

/** Ada signs in from the application, in a browser, and comes back with nothing left in the address. */
export const signInStep = inBrowser("spa/sign-in", async ({ world, page }) => {
  await signIn(world, page)
  const left = await page.getByRole("timer").getAttribute("aria-label")
  expect(page.url() === `${world.spa.url}/account`, `the address is ${page.url()}`)
  expect(await page.getByRole("definition").getByText(ada.email).isVisible(), "the page does not say who she is")
  return {
    line: `${ada.username} signed in from the page with code and PKCE; the address is clean, and the page says: ${left}`,
    detail: { jti: lastIssued(world), client: clients.spa, left },
  }
})
