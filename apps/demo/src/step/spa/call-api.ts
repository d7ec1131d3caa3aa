import { ada, audiences, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { answerOf, signIn } from "./sign-in-page.ts"

/** The page calls the API with the token that is for it. */
export const callApi = inBrowser("spa/call-api", async ({ world, page }) => {
  await signIn(world, page)
  await page.getByRole("link", { name: "Orders" }).last().click()
  await page.getByRole("button", { name: "Call the API" }).click()
  const claims = await answerOf(page, "GET /whoami")
  expect(claims["aud"] === audiences.orders, `the API read the audience ${String(claims["aud"])}`)
  return {
    line: `${ada.username}'s page called the API from another origin; it read ${String(claims["sub"])}`,
    detail: { jti: claims["jti"], client: clients.spa, subject: claims["sub"], audience: claims["aud"] },
  }
})
