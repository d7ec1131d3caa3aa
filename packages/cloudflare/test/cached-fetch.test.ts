import { describe, expect, it } from "vitest"
import { type CachedDocument, type DocumentStore, cachedFetch } from "../src/cached-fetch.ts"

const url = "https://issuer.example/jwks"

const keySet = (answer: number): string => JSON.stringify({ keys: [], answer })

/** A cache for several isolates, and an issuer that counts. */
const makeWorld = (headers: Record<string, string> = {}, status = 200, bodyOf = keySet) => {
  const documents = new Map<string, CachedDocument>()
  const world = { documents, asked: 0, now: 1_000_000, broken: false }
  const fail = () => Promise.reject(new Error("away"))
  const cache: DocumentStore = {
    get: async (url) => (world.broken ? fail() : documents.get(url)),
    put: async (url, document) => (world.broken ? fail() : void documents.set(url, document)),
  }
  const fetch = async () => new Response(bodyOf((world.asked += 1)), { status, headers })
  const written: Array<Promise<unknown>> = []
  const isolate = () =>
    cachedFetch(cache, { fetch, waitUntil: (work) => void written.push(work), now: () => world.now })
  return { world, isolate, settled: () => Promise.all(written) }
}

describe("a fetch with a cache", () => {
  it("asks the issuer once for all isolates, and again for who asks again", async () => {
    const { world, isolate, settled } = makeWorld({ "cache-control": "max-age=300" })
    const first = isolate()
    expect(await (await first(url)).text()).toBe(keySet(1))
    await settled()
    world.now += 100_000
    const second = isolate()
    const answer = await second(url)
    expect(await answer.text()).toBe(keySet(1))
    expect(answer.headers.get("age")).toBe("100")
    expect(answer.headers.get("cache-control")).toBe("max-age=200")
    expect(answer.headers.has("date")).toBe(false)
    const news = await second(url)
    expect(await news.text()).toBe(keySet(2))
    expect(news.headers.has("age")).toBe(false)
    await settled()
    expect(await (await isolate()(url)).text()).toBe(keySet(2))
    world.now += 300_000
    expect(await (await isolate()(url)).text()).toBe(keySet(3))
  })

  it.each([
    ["with credentials", { headers: { authorization: "Bearer x" } }],
    ["that posts", { method: "POST", body: "token=x" }],
  ])("keeps nothing of a request %s", async (_, init) => {
    const { world, isolate, settled } = makeWorld()
    await isolate()(url, init)
    await settled()
    expect(world.documents.size).toBe(0)
  })

  it.each(["no-store", "private, max-age=60", "no-cache", "max-age=0"])("obeys Cache-Control: %s", async (value) => {
    const { world, isolate, settled } = makeWorld({ "cache-control": value })
    await isolate()(url)
    await settled()
    expect(world.documents.size).toBe(0)
  })

  it("keeps no error", async () => {
    const { world, isolate, settled } = makeWorld({}, 500)
    expect((await isolate()(url)).status).toBe(500)
    await settled()
    expect(world.documents.size).toBe(0)
  })

  it.each([
    ["a page", "<html>We will be back soon.</html>", 0],
    ["what is no document of an issuer", '{"status":"maintenance"}', 0],
    ["a list", "[]", 0],
    ["null", "null", 0],
    ["metadata", '{"issuer":"https://issuer.example"}', 1],
  ])("of what comes with 200 it keeps documents alone: %s", async (_, body, kept) => {
    const { world, isolate, settled } = makeWorld({}, 200, () => body)
    expect(await (await isolate()(url)).text()).toBe(body)
    await settled()
    expect(world.documents.size).toBe(kept)
  })

  it("gives those who ask again the issuer's own answer, however many addresses it was asked for", async () => {
    const { world, isolate, settled } = makeWorld()
    const another = isolate()
    for (let n = 0; n < 10_000; n++) await another(`${url}/${n}`)
    await isolate()(url)
    await settled()
    await another(url)
    const { asked } = world
    expect(await (await another(url)).text()).toBe(keySet(asked + 1))
  })

  it("goes to the issuer when the cache is away", async () => {
    const { world, isolate, settled } = makeWorld()
    world.broken = true
    expect(await (await isolate()(url)).text()).toBe(keySet(1))
    await settled()
  })
})
