import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Browser, isBrowserAvailable, startBrowser } from "../src/index.ts"

const state = isBrowserAvailable()
const skip = !state.available && process.env["CI"] !== "true"
if (!state.available && skip) process.stderr.write(`\nSKIPPED: ${state.why}. To get it: ${state.how}\n\n`)

describe.skipIf(skip)("chromium", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser.close())

  test("has what a page offers, and its contexts know nothing of each other", async () => {
    const [one, other] = await Promise.all([browser.newContext(), browser.newContext()])
    for (const context of [one, other]) {
      await context.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }))
    }
    const [page, stranger] = await Promise.all([one.newPage(), other.newPage()])
    await Promise.all([page, stranger].map((each) => each.goto("https://page.example/")))
    const offers = await page.evaluate(() => {
      localStorage.setItem("key", "value")
      return ["locks" in navigator, typeof BroadcastChannel, typeof indexedDB, isSecureContext]
    })
    expect(offers).toEqual([true, "function", "object", true])
    expect(await stranger.evaluate(() => localStorage.getItem("key"))).toBeNull()
  })
})
