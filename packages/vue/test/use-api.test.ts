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

  it("sends what waited for another login again, tells the first component of it, once, and asks for no third", async () => {
    const init = { method: "POST", headers: { "content-type": "text/plain" }, body: "one" }
    const waiting = ["/transfer", "/order"].map((path) => ({
      request: { url: api + path, ...init },
      demand: { acrValues: ["gold"] },
      sub: "ada",
    }))
    const seen: Array<string> = []
    const { auth, left } = await createTestAuth({
      claims: { sub: "ada" },
      apis: { [api]: {} },
      arrival: { resume: { waiting } },
      api: async (request) => {
        seen.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`)
        return seen.length === 1 ? demands() : new Response("done")
      },
    })
    const told: Array<Resumed> = []
    using page = mounted([auth], () => useApi({ onResumed: (resumed) => void told.push(resumed) }))
    await expect.poll(() => told).toHaveLength(2)
    using other = mounted([auth], () => useApi({ onResumed: (resumed) => void told.push(resumed) }))
    expect((await page.used.fetch(`${api}/transfer`, init)).status).toBe(200)
    expect(told.map(({ request, response }) => [request.url, response.status])).toEqual([
      [`${api}/transfer`, 401],
      [`${api}/order`, 200],
    ])
    expect(seen).toEqual(["POST /transfer one", "POST /order one", "POST /transfer one"])
    expect(left).toEqual([])
    expect(other.warnings).toEqual([])
  })

  it("tells of what could not be sent, and sends the rest", async () => {
    const request = { method: "POST", headers: {}, body: "one" }
    const of = (url: string) => ({ request: { url, ...request }, demand: {}, sub: "ada" })
    const { auth } = await createTestAuth({
      claims: { sub: "ada" },
      apis: { [api]: {} },
      arrival: { resume: { waiting: [of("https://evil.test/"), of(`${api}/order`)] } },
      api: () => new Response("done"),
    })
    const [told, errors]: [Array<Resumed>, Array<unknown>] = [[], []]
    using page = mounted([auth], () =>
      useApi({
        onResumed: (resumed) => void told.push(resumed),
        onError: (error) => void errors.push(error),
      }),
    )
    await expect.poll(() => told).toHaveLength(1)
    expect(errors).toMatchObject([{ code: "origin_not_allowed" }])
    expect(page.warnings).toEqual([])
  })
})
