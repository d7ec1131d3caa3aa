import { ada, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import { inBrowser } from "./in-browser.ts"
import { lastIssued, signIn } from "./sign-in-page.ts"

/** The same with the tokens in the hash, as the old applications do it. */
export const hashSignIn = inBrowser("spa/hash-sign-in", async ({ world, page }) => {
  await signIn(world, page, { flow: "hash" })
  expect(page.url() === `${world.spa.url}/account`, `the address is ${page.url()}`)
  return {
    line: `${ada.username} came back with the tokens in the hash; the page checked them and cleaned the address`,
    detail: { jti: lastIssued(world, clients.hashSpa), client: clients.hashSpa },
  }
})
