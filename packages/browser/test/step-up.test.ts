import { makeKeyValueStore } from "@bearerkit/core"
import { describe, expect, it, vi } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { type SteppingUp, steppingUp } from "../src/index.ts"
import { inTabs } from "../src/storage/in-tabs.ts"
import type { FakePage } from "../src/testing/fake-page.ts"
import { type FakeWorld, makeFakeWorld } from "./support/fake-world.ts"

const api = "https://api.test"
const transfer = { method: "POST", body: "one", headers: { "content-type": "text/plain" } }
const gold = 'Bearer error="insufficient_user_authentication", acr_values="gold"'

/** An API that demands another login while `demands` says so, and what else it was sent. */
const makeWorld = async () => {
  const kept = mapStorage()
  const services = inTabs(() => makeKeyValueStore(() => kept))
  const world = await makeFakeWorld({ apis: { [api]: {} }, storage: { services, shared: true, warnings: [] } })
  world.claims["acr"] = "gold"
  const bank = { demands: gold as string | undefined, sent: [] as Array<string> }
  world.answer = async (request) => {
    if (!request.url.startsWith(api)) return undefined
    if (bank.demands !== undefined)
      return new Response(null, { status: 401, headers: { "www-authenticate": bank.demands } })
    bank.sent.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`)
    return new Response("done")
  }
  return { world, bank }
}
const call = (api: SteppingUp, ...[url, init]: Parameters<SteppingUp["fetch"]>): void => {
  // the promise of a page that is left stays pending
  void api.fetch(url, init).catch(() => {})
}
const left = (page: FakePage, count = 1) => expect.poll(() => page.left).toHaveLength(count)
/** What a call of a page has sent the person away from. */
const sentAway = async (path = "/transfer", init: RequestInit = transfer) => {
  const { world, bank } = await makeWorld()
  const { client, page } = await world.arrived()
  call(steppingUp(client), api + path, init)
  await left(page)
  await client.close()
  return { world, bank, page }
}
/** The page after the login that this one has sent the person to, or that has failed. */
const comeBack = async (world: FakeWorld, page: FakePage, error?: string) => {
  const next = world.back(page)
  if (error !== undefined) next.show(next.url().href.replace("code=code", `error=${error}`))
  const client = world.make(next)
  await client.ready()
  return { client, page: next, ...steppingUp(client) }
}

it("sends what waited again for the person who sent it", async () => {
  const { world, bank, page } = await sentAway()
  bank.demands = undefined
  const after = await comeBack(world, page)
  const resumed = await after.resumed()
  expect(resumed?.request).toEqual({ url: `${api}/transfer`, ...transfer })
  expect(await resumed?.response.text()).toBe("done")
  expect(await after.resumed()).toBeUndefined()
  expect(bank.sent).toEqual(["POST /transfer one"])
  await after.client.close()
})

it("never sends it for somebody else who has signed in instead", async () => {
  const { world, bank, page } = await sentAway()
  bank.demands = undefined
  world.claims["sub"] = "bob"
  const after = await comeBack(world, page)
  expect(after.client.state().claims?.sub).toBe("bob")
  expect(await after.resumed()).toBeUndefined()
  expect(bank.sent).toEqual([])
  await after.client.close()
})

it("never sends it after a logout, nor where nobody knows who sent it", async () => {
  const { world, bank, page } = await sentAway()
  bank.demands = undefined
  const after = await comeBack(world, page)
  await after.client.logout()
  expect(await after.resumed()).toBeUndefined()
  const request = { url: `${api}/transfer`, ...transfer }
  const unknown = await world.arrived({ resume: { waiting: [{ request, demand: {} }] } })
  expect(await steppingUp(unknown.client).resumed()).toBeUndefined()
  expect(bank.sent).toEqual([])
  await Promise.all([after.client.close(), unknown.client.close()])
})

it("has all wait that were under way together, and none that is sent when the page is back", async () => {
  const { world, bank } = await makeWorld()
  const { client, page } = await world.arrived()
  const first = steppingUp(client)
  for (const path of ["/one", "/two"]) call(first, api + path, { method: "POST", body: path })
  await left(page, 2)
  // as from the browser's back and forward cache
  call(first, `${api}/three`, { method: "POST", body: "/three" })
  await left(page, 3)
  await client.close()
  bank.demands = undefined
  const alone = await comeBack(world, page)
  expect((await alone.resumed())?.request.url).toBe(`${api}/three`)
  expect(await alone.resumed()).toBeUndefined()
  const both = await comeBack(world, { ...page, left: page.left.slice(0, 2) })
  while ((await both.resumed()) !== undefined);
  expect(bank.sent).toEqual(["POST /three /three", "POST /one /one", "POST /two /two"])
  await Promise.all([alone.client.close(), both.client.close()])
})

it("asks again for the same request once it has been answered, and not in a circle before", async () => {
  const { world, bank, page } = await sentAway()
  const after = await comeBack(world, page)
  expect((await after.resumed())?.response.status).toBe(401)
  expect((await after.fetch(`${api}/transfer`, transfer)).status).toBe(401)
  expect(after.page.left).toEqual([])
  bank.demands = undefined
  expect((await after.fetch(`${api}/transfer`, transfer)).status).toBe(200)
  bank.demands = gold
  call(after, `${api}/transfer`, transfer)
  await left(after.page)
  await after.client.close()
})

it.each([
  ["a form", () => new FormData()],
  ["a long text", () => "x".repeat(65_537)],
])("sends the person to the login for %s too, which is not kept, and not in a circle", async (_, body) => {
  const { world, page } = await sentAway("/upload", { method: "POST", body: body() })
  expect(new URL(page.left[0] ?? "").searchParams.get("acr_values")).toBe("gold")
  const after = await comeBack(world, page)
  expect(await after.resumed()).toBeUndefined()
  expect((await after.fetch(`${api}/upload`, { method: "POST", body: body() })).status).toBe(401)
  expect(after.page.left).toEqual([])
  await after.client.close()
})

describe("a login that does not bring what was demanded", () => {
  it.each(["access_denied", "unmet_authentication_requirements"])("%s: is not begun again by itself", async (error) => {
    const { world, bank, page } = await sentAway()
    const after = await comeBack(world, page, error)
    expect(await after.client.ready()).toMatchObject({ callback: "failed" })
    expect(await after.resumed()).toBeUndefined()
    expect((await after.fetch(`${api}/transfer`, transfer)).status).toBe(401)
    expect([after.page.left, bank.sent]).toEqual([[], []])
    await after.client.close()
  })

  it("is not begun again where the ID token does not have it", async () => {
    const { world, page } = await sentAway()
    world.claims["acr"] = "silver"
    const after = await comeBack(world, page)
    expect(await after.client.ready()).toMatchObject({ error: { code: "id_token_refused" } })
    expect((await after.fetch(`${api}/transfer`, transfer)).status).toBe(401)
    expect(after.page.left).toEqual([])
    await after.client.close()
  })

  it("is not begun again for another request that is met with the same demand", async () => {
    const { world, page } = await sentAway("/one", {})
    const after = await comeBack(world, page)
    expect((await after.fetch(`${api}/two`)).status).toBe(401)
    expect(after.page.left).toEqual([])
    await after.client.close()
  })
})

describe("a page that is not left after all", () => {
  const called = async (signal?: AbortSignal) => {
    const { world } = await makeWorld()
    const { client, page } = await world.arrived()
    return {
      client,
      page,
      answer: steppingUp(client).fetch(`${api}/transfer`, { ...transfer, ...(signal && { signal }) }),
    }
  }

  it("gets the answer of the API in the end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    try {
      const { client, page, answer } = await called()
      await vi.waitUntil(() => page.left.length === 1)
      await vi.advanceTimersByTimeAsync(30_000)
      expect((await answer).headers.get("www-authenticate")).toBe(gold)
      await client.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it("hears of an abort, also of one while it was sent away", async () => {
    const stop = new AbortController()
    const { client, page, answer } = await called(stop.signal)
    const { leave } = page
    Object.assign(page, {
      leave: (url: string) => {
        leave(url)
        stop.abort(new Error("unmounted"))
      },
    })
    await expect(answer).rejects.toThrow("unmounted")
    await client.close()
  })
})
