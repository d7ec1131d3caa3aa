import { cookieKeeper, memoryStorage, storeKeeper } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, locationOf } from "./support/browser.ts"
import { bob, startApp, startTestIssuer } from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

const asScript = { accept: "application/json", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin" }
const isSignedIn = async (browser: Browser) => (await browser.get("/me", asScript)).status === 200

const small = { capacity: 8 }
const smallKeepers = [
  ["sealed cookies", () => cookieKeeper({ shared: memoryStorage(small) })],
  ["a store", () => storeKeeper({ storage: memoryStorage(small) })],
] as const

it.each(smallKeepers)("visitors who never sign in push nobody out of %s", async (_, keeper) => {
  await using world = startApp(issuer, { keeper: keeper(), pushed: "demanded" })
  const [browser, gone] = [world.browser(), world.browser(bob)]
  await browser.signIn()
  await gone.signIn()
  const thief = gone.copy()
  await gone.post("/logout")
  for (let n = 0; n < 20; n++) {
    const visitor = world.browser()
    const { searchParams } = new URL(locationOf(await visitor.get("/login")))
    const query = new URLSearchParams({ state: searchParams.get("state") ?? "", iss: issuer.url, code: `made-up-${n}` })
    const refused = await visitor.get(`/callback?${query.toString()}`, asScript)
    expect(await refused.json()).toMatchObject({ status: 400, code: "invalid_grant" })
  }
  expect(await isSignedIn(browser)).toBe(true)
  expect(await isSignedIn(thief)).toBe(false)
})

it("a callback that comes twice at once sends its code once", async () => {
  let exchanges = 0
  const counting: typeof fetch = (input, init) => {
    if (String(init?.body).includes("grant_type=authorization_code")) exchanges += 1
    return fetch(input, init)
  }
  await using world = startApp(issuer, { fetch: counting })
  const browser = world.browser()
  const arrival = await browser.arrive()
  const answers = await Promise.all([browser, browser.copy(), browser.copy()].map((each) => each.get(arrival)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 400, 400])
  expect(exchanges).toBe(1)
})
