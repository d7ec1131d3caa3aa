import { ada, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { answerIssuer, lastIssued, untilStatus } from "./sign-in-page.ts"

/** A link to a guarded page leads through the issuer and back to its path, query and hash. */
export const guard = inBrowser("spa/guard", async ({ world, openTab }) => {
  const path = "/orders?page=2#answer"
  const page = await openTab(path)
  await answerIssuer(world, page)
  await untilStatus(page, "signed-in")
  expect(page.url() === world.spa.url + path, `the address is ${page.url()}`)
  return {
    line: `a link to ${path} led ${ada.username} through the issuer and back to it`,
    detail: { jti: lastIssued(world), client: clients.spa, path },
  }
})
