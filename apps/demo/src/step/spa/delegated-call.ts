import { ada, audiences, clients } from "../../world/people.ts"
import { actorsOf } from "../delegation/actors.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { answerOf, signIn } from "./sign-in-page.ts"

/** The page trades its token for one of the next API, and calls that. */
export const delegatedCall = inBrowser("spa/delegated-call", async ({ world, page }) => {
  await signIn(world, page)
  await page.goto(`${world.spa.url}/orders`)
  await page.getByRole("button", { name: "Call by delegation" }).click()
  const claims = await answerOf(page, "GET /whoami for the next API")
  const actors = actorsOf(claims)
  expect(claims["aud"] === audiences.billing, `the API read the audience ${String(claims["aud"])}`)
  expect(actors.join() === clients.spa, `the API read the actors ${actors.join(", ")}`)
  return {
    line: `${ada.username}'s page exchanged its token for one for ${audiences.billing}; the API read that ${clients.spa} acts`,
    detail: { jti: claims["jti"], client: clients.spa, subject: claims["sub"], audience: claims["aud"], actors },
  }
})
