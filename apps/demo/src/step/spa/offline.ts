import { ada, clients } from "../../world/people.ts"
import { inBrowser } from "./in-browser.ts"
import { lastIssued, signIn, untilStatus } from "./sign-in-page.ts"

/** The network is lost: Ada stays signed in, is told so, and goes on when it is back. */
export const offline = inBrowser("spa/offline", async ({ world, page, context }) => {
  await signIn(world, page)
  await context.setOffline(true)
  await untilStatus(page, "offline")
  await page.getByRole("alert").filter({ hasText: "You stay signed in" }).waitFor()
  await context.setOffline(false)
  await untilStatus(page, "signed-in")
  return {
    line: `the network was lost and came back; ${ada.username} was told, and stayed signed in`,
    detail: { jti: lastIssued(world), client: clients.spa },
  }
})
