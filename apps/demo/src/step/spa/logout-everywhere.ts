import { ada, clients } from "../../world/people.ts"
import { inBrowser } from "./in-browser.ts"
import { lastIssued, signIn, untilStatus } from "./sign-in-page.ts"

/** Ada signs out in one tab, and the other knows. */
export const logoutEverywhere = inBrowser("spa/logout-everywhere", async ({ world, page, openTab }) => {
  await signIn(world, page, { storage: "localStorage" })
  const other = await openTab("/account")
  await untilStatus(other, "signed-in")
  const jti = lastIssued(world)
  await page.getByRole("button", { name: "Sign out in all tabs" }).click()
  await Promise.all([page, other].map((tab) => untilStatus(tab, "signed-out")))
  return {
    line: `${ada.username} signed out in one tab; the other heard of it at once`,
    detail: { jti, client: clients.spa, tabs: 2 },
  }
})
