import { BearerError } from "@bearerkit/node"
import { isBrowserAvailable, startBrowser } from "@bearerkit/services"
import { assert, describe, it } from "vitest"
import { toldError } from "../src/told-error.ts"

const [code, token] = ["a-code-that-nobody-should-see", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"]
const address = `http://app.test/callback?code=${code}&state=${code}#id_token=${token}`

describe("an error as the demo prints it", () => {
  it.skipIf(!isBrowserAvailable().available)("has no code of the addresses that a browser came by", async () => {
    await using browser = await startBrowser()
    const page = await browser.newPage()
    await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<p>" }))
    const waiting = page.waitForURL("**/never").catch((error: unknown) => error)
    await page.goto(address)
    await page.close()
    const error = await waiting
    assert.include(String(error), code)
    const { message, stack } = toldError(error)
    assert.include(message, "http://app.test/callback?code=…&state=…#id_token=…")
    for (const secret of [code, token]) assert.notInclude(`${message}${stack}`, secret)
    assert.notInclude(message, "\n")
  })

  it("has no token, and is bounded", () => {
    const { message } = toldError(`the API answered ${token} ${"x".repeat(5000)}`)
    assert.match(message, /^the API answered \[token removed] x+$/)
    assert.isAtMost(message.length, 1000)
  })

  it("keeps the code of ours", () => {
    const error = new BearerError("unreachable", "The issuer cannot be reached.", { fix: "Start it." })
    assert.strictEqual(toldError(error), error)
  })
})
