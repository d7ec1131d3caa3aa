import type { Page } from "@bearerkit/services"
import { clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { lastIssued, signIn, untilStatus } from "./sign-in-page.ts"

/** The token ends in two tabs at once, and one refresh token is sent for both. */
export const twoTabsRenewOnce = inBrowser("spa/two-tabs-renew-once", async ({ world, page, openTab }) => {
  await signIn(world, page, { storage: "localStorage" })
  const other = await openTab("/account")
  const tabs = [page, other]
  const ends = await Promise.all(tabs.map(endOf))
  const before = world.issuer.refreshes.length
  await Promise.all(tabs.map((tab) => tab.getByRole("button", { name: "Let it expire" }).click()))
  await Promise.all(tabs.map((tab, index) => tab.locator(`[data-until]:not([data-until="${ends[index]}"])`).waitFor()))
  await Promise.all(tabs.map((tab) => untilStatus(tab, "signed-in")))
  const sent = world.issuer.refreshes.slice(before)
  expect(sent.length === 1 && sent[0]?.outcome === "ok", `the issuer saw ${sent.length} refresh requests`)
  return {
    line: "the token ended in two tabs at once; one of them renewed it, and both went on",
    detail: { jti: lastIssued(world), client: clients.spa, tabs: tabs.length, refreshes: sent.length },
  }
})

/** When the token ends that the tab shows. */
const endOf = (tab: Page): Promise<string | null> => tab.getByRole("timer").getAttribute("data-until")
