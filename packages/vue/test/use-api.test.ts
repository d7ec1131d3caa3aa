import { describe, expect, it } from "vitest"
import { type Resumed, useApi } from "../src/index.ts"
import { createTestAuth } from "../src/testing.ts"
import { mounted } from "./support/mounted.ts"

const api = "https://api.test"
const gold = 'Bearer error="insufficient_user_authentication", acr_values="gold"'
const demands = () => new Response(null, { status: 401, headers: { "www-authenticate": gold } })

describe("useApi", () => {
  it("sends tokens to the origins that are listed, and to no other", async () => {
    const asked: Array<string> = []
    const { auth } = await createTestAuth({
      claims: { sub: "ada" },
      apis: { [api]: {} },
      api: ({ url }) => {
        asked.push(url)
        return Response.json({})
      },
    })
    using page = mounted([auth], () => useApi())
    expect((await page.used.fetch(`${api}/orders`)).status).toBe(200)
    for (const url of [
      "https://api.test.evil.test/",
      "https://evil.test/api.test/",
      "//evil.test/",
      "http://api.test/",
    ]) {
      await expect(page.used.fetch(url)).rejects.toMatchObject({ code: "origin_not_allowed" })
    }
    expect(asked).toEqual([`${api}/orders`])
  })

  it("sends a request that waited for another login again, once, and asks for no third", async () => {
    const init = { method: "POST", headers: { "content-type": "text/plain" }, body: "one" }
    const seen: Array<string> = []
    const { auth, left } = await createTestAuth({
      claims: { sub: "ada" },
      apis: { [api]: {} },
      arrival: { resume: { request: { url: `${api}/transfer`, ...init }, demand: { acrValues: ["gold"] } } },
      api: async (request) => {
        seen.push(`${request.method} ${await request.text()}`)
        return seen.length === 1 ? new Response("done") : demands()
      },
    })
    const told: Array<Resumed> = []
    using page = mounted([auth], () => useApi({ onResumed: (resumed) => void told.push(resumed) }))
    using other = mounted([auth], () => useApi({ onResumed: (resumed) => void told.push(resumed) }))
    await expect.poll(() => told).toHaveLength(2)
    expect(await Promise.all(told.map(({ response }) => response.text()))).toEqual(["done", "done"])
    expect(seen).toEqual(["POST one"])
    expect((await page.used.fetch(`${api}/transfer`, init)).status).toBe(401)
    expect(left).toEqual([])
    expect(other.warnings).toEqual([])
  })
})
