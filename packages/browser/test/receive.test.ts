import { describe, expect, it, vi } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { code, locationHash } from "../src/index.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { type FakeWorldOptions, makeFakeWorld, redirectUri } from "./support/fake-world.ts"

const minute = 60_000
const day = 1440 * minute

/** A page that has sent the person to the issuer, and the one they come back to when some time has passed. */
const lateBy = async (millis: number, options: FakeWorldOptions = {}) => {
  let now = Date.now()
  const world = await makeFakeWorld({ ...options, now: () => now })
  const before = fakePage("https://app.test/deep?x=1")
  await using leaving = world.make(before)
  await leaving.login({ resume: "kept" })
  now += millis
  return { world, before, after: world.back(before) }
}

describe("an answer of the issuer", () => {
  it("is left to the client that waits for it, where two have one address", async () => {
    const world = await makeFakeWorld()
    const storage = mapStorage()
    const before = fakePage("https://app.test/x", storage)
    await using leaving = world.make(before)
    await leaving.login()
    const address = world.back(before).url().href
    for (const outcome of ["completed", "replayed"]) {
      const page = fakePage(address, storage)
      await using other = world.make(page, { clientId: "tenant-b" })
      await using another = world.make(page, { issuer: "https://other.test" })
      await using rightful = world.make(page)
      for (const client of [other, another]) {
        expect(await client.ready()).toMatchObject({ callback: "none", error: undefined })
      }
      expect(page.url().href).toBe(address)
      expect(await rightful.ready()).toMatchObject({ callback: outcome, returnTo: "/x" })
      expect(page.url().href).toBe("https://app.test/x")
    }
  })

  it("may come late, with the name of the issuer or without", async () => {
    for (const name of ["iss", "nothing"]) {
      const { world, after } = await lateBy(50 * minute)
      const url = after.url()
      url.searchParams.delete(name)
      const page = fakePage(url.href, after.storage)
      await using client = world.make(page)
      expect(await client.ready()).toMatchObject({ callback: "completed", returnTo: "/deep?x=1", resume: "kept" })
    }
  })

  it("may come too late, which is said, with where the person wanted to go", async () => {
    const { world, after } = await lateBy(3 * day)
    await using client = world.make(after)
    expect(await client.ready()).toMatchObject({
      callback: "failed",
      returnTo: "/deep?x=1",
      error: { code: "transaction_expired" },
    })
    expect(after.url().href).toBe(redirectUri)
  })

  it("is not kept in the address though nobody knows its state any more", async () => {
    const { world, before } = await lateBy(0, { flow: locationHash(), onWarning: () => {} })
    const state = new URL(before.left[0] ?? "").searchParams.get("state")
    const page = fakePage(`${redirectUri}#id_token=eyJ.live.token&state=${state}`)
    await using client = world.make(page)
    expect(await client.ready()).toMatchObject({ callback: "failed", error: { code: "invalid_state" } })
    expect(page.url().href).toBe(redirectUri)
  })

  it("is one too where the host has added a slash", async () => {
    const { world, after } = await lateBy(0)
    const { search } = after.url()
    const page = fakePage(`${redirectUri}/${search}`, after.storage)
    await using client = world.make(page)
    expect(await client.ready()).toMatchObject({ callback: "completed", returnTo: "/deep?x=1" })
    expect(page.url().href).toBe("https://app.test/deep?x=1")
  })

  it.each([
    ["an error without a state", () => "?error=invalid_request&error_description=unknown+scope", "invalid_state"],
    ["in the hash, though the query was asked for", (query: string) => `#${query.slice(1)}`, "invalid_callback"],
    ["a parameter twice", (query: string) => `${query}&scope=openid&scope=profile`, "invalid_callback"],
    ["an error with a code", (query: string) => `${query}&error=x`, "invalid_callback"],
  ])("that cannot be used is said, with where the person wanted to go: %s", async (_, change, code) => {
    const { world, after } = await lateBy(0)
    const page = fakePage(redirectUri + change(after.url().search), after.storage)
    await using client = world.make(page)
    const said = { callback: "failed", error: { code }, returnTo: "/deep?x=1", resume: "kept" }
    expect(await client.ready()).toMatchObject(said)
    expect(page.url().href).toBe(redirectUri)
  })

  describe("that is lost on its way", () => {
    /** What the pages of one tab find that each begin a login when they know of no failure. */
    const circle = async (address: string, pages: number) => {
      const world = await makeFakeWorld()
      const storage = mapStorage()
      const outcomes: Array<string | undefined> = []
      for (let turn = 0; turn < pages; turn++) {
        const page = fakePage(address, storage)
        await using client = world.make(page)
        const { callback, error, returnTo, resume } = await client.ready()
        outcomes.push(error?.code ?? callback)
        if (callback !== "failed") await client.login({ returnTo: "/orders", resume: turn })
        else expect([returnTo, resume, page.url().href]).toEqual(["/orders", turn - 1, address])
      }
      return outcomes
    }

    it.each([
      ["by a host that drops the query", redirectUri],
      ["by a host that answers with another page", "https://app.test/"],
      ["by an issuer that forgets the state", `${redirectUri}?code=code`],
    ])("%s, is said, and the login is not begun without end", async (_, address) => {
      expect(await circle(address, 4)).toEqual(["none", "none", "none", "invalid_callback"])
    })

    it("is said after each try from then on, until an answer comes", async () => {
      const [lost, later] = ["invalid_callback", ["none", "invalid_callback"]]
      expect(await circle(redirectUri, 8)).toEqual(["none", "none", "none", lost, ...later, ...later])
    })

    it("is no answer to a page that is loaded again, nor after one that came", async () => {
      const world = await makeFakeWorld()
      const storage = mapStorage()
      const open = async (page = fakePage("https://app.test/", storage)) => {
        await using client = world.make(page)
        const { callback } = await client.ready()
        await client.login()
        return [callback, page] as const
      }
      const reloaded = fakePage("https://app.test/", storage)
      await open(reloaded)
      for (let turn = 0; turn < 5; turn++) {
        await using client = world.make(reloaded)
        expect((await client.ready()).callback).toBe("none")
      }
      const [, second] = await open()
      expect((await open(world.back(second)))[0]).toBe("completed")
      for (let turn = 0; turn < 2; turn++) expect((await open())[0]).toBe("none")
      expect((await open())[0]).toBe("failed")
    })

    it("is the business of no other client of the page", async () => {
      const world = await makeFakeWorld()
      const storage = mapStorage()
      for (let turn = 0; turn < 5; turn++) {
        const page = fakePage(redirectUri, storage)
        await using client = world.make(page)
        await using other = world.make(page, { clientId: "tenant-b" })
        expect((await client.ready()).callback).toBe("none")
        await other.login()
      }
    })

    it("is not looked for where the storage of the tab cannot be had", async () => {
      const world = await makeFakeWorld()
      const page = { ...fakePage(redirectUri), pending: () => expect.unreachable() }
      await using client = world.make(page)
      expect(await client.ready()).toMatchObject({ callback: "none", error: undefined })
    })
  })

  it("that stands in the query, though the hash was asked for, is said", async () => {
    const { world, after } = await lateBy(0, { flow: code({ responseMode: "fragment" }) })
    await using client = world.make(after)
    expect(await client.ready()).toMatchObject({ callback: "failed", error: { code: "invalid_callback" } })
    expect(after.url().href).toBe(redirectUri)
  })

  it.each(["?error=1&error_description=sold+out", "?code=SUMMER", "?state=x#access_token=other"])(
    "%s: is the application's own where no login waits",
    async (own) => {
      const { client, page } = await (await makeFakeWorld()).arrived()
      await client.close()
      const address = redirectUri + own
      const next = fakePage(address, page.storage)
      await using again = (await makeFakeWorld()).make(next)
      expect(await again.ready()).toMatchObject({ callback: "none", error: undefined })
      expect(next.url().href).toBe(address)
    },
  )

  it.each(["https://app.test/other", "https://app.test/", "https://app.test:444/callback", "http://app.test/callback"])(
    "at %s, which is not where it was to come, is left alone",
    async (elsewhere) => {
      const { world, after } = await lateBy(0)
      const { search } = after.url()
      const page = fakePage(elsewhere + search, after.storage)
      await using client = world.make(page)
      expect(await client.ready()).toMatchObject({ callback: "none", error: undefined })
      expect(page.url().href).toBe(elsewhere + search)
      await using rightful = world.make(fakePage(after.url().href, after.storage))
      expect(await rightful.ready()).toMatchObject({ callback: "completed", returnTo: "/deep?x=1" })
    },
  )

  it("that nobody waits for is said if it is of the issuer, and left alone if it is of another", async () => {
    const world = await makeFakeWorld()
    const answerOf = (issuer: string) => fakePage(`${redirectUri}?code=c&state=x&iss=${encodeURIComponent(issuer)}`)
    const ours = answerOf("https://issuer.test")
    await using client = world.make(ours)
    expect(await client.ready()).toMatchObject({ callback: "failed", error: { code: "invalid_state" } })
    expect(ours.url().href).toBe(redirectUri)
    const foreign = answerOf("https://other.test")
    const { href } = foreign.url()
    await using other = world.make(foreign)
    expect(await other.ready()).toMatchObject({ callback: "none", error: undefined })
    expect(foreign.url().href).toBe(href)
  })

  it("counts by the issuer's time on a device whose clock is wrong", async () => {
    const real = Date.now
    const clock = vi.spyOn(Date, "now").mockImplementation(() => real() + 14 * 60 * minute)
    try {
      const world = await makeFakeWorld({ issuerNow: real })
      const first = await world.arrived()
      expect(first.client.state()).toMatchObject({ status: "signed-in", error: undefined })
      // now this page has learned what time it is, and the next one has not
      await first.client.login({ maxAge: 5 * minute })
      await first.client.close()
      await using second = world.make(world.back(first.page))
      expect(await second.ready()).toMatchObject({ callback: "completed", status: "signed-in", error: undefined })
    } finally {
      clock.mockRestore()
    }
  })

  it("leaves the person where they wanted to go, should they load the page again before it is done with", async () => {
    const { world, after } = await lateBy(0)
    const addresses: Array<string> = []
    world.answer = ({ url }) => {
      if (url.endsWith("/token")) addresses.push(after.url().href)
      return undefined
    }
    await using client = world.make(after)
    expect(await client.ready()).toMatchObject({ callback: "completed" })
    expect(addresses).toEqual(["https://app.test/deep?x=1"])
  })

  it("goes from the address too when a router has written it back", async () => {
    const { world, after } = await lateBy(0)
    const address = after.url().href
    world.answer = ({ url }) => {
      if (url.endsWith("/token")) after.show(address)
      return undefined
    }
    await using client = world.make(after)
    await client.ready()
    expect(after.url().href).toBe("https://app.test/deep?x=1")
  })

  it("shows no other page than the one that the application has gone to meanwhile", async () => {
    for (const status of [200, 400]) {
      const { world, after } = await lateBy(0)
      world.answer = ({ url }) => {
        if (!url.endsWith("/token")) return undefined
        after.show("/elsewhere")
        return status === 200 ? undefined : Response.json({ error: "invalid_grant" }, { status })
      }
      await using client = world.make(after)
      expect((await client.ready()).callback).toBe(status === 200 ? "completed" : "failed")
      expect(after.url().href).toBe("https://app.test/elsewhere")
    }
  })
})
