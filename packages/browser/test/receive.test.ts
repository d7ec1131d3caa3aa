import { describe, expect, it, vi } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { locationHash } from "../src/index.ts"
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
