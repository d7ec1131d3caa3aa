import type { KeyValueStorage } from "@bearerkit/core"
import { afterEach, describe, expect, it, vi } from "vitest"
import { asyncStorage, mapStorage } from "../../core/test/support/storage.ts"
import { type BrowserClient, memory } from "../src/index.ts"
import { type FakePage, fakePage } from "../src/testing/fake-page.ts"
import { type FakeWorld, makeFakeWorld } from "./support/fake-world.ts"
import { sharedStorage, signIn, tab } from "./support/tabs.ts"

const hour = 3_600_000
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
const statusOf = (client: BrowserClient) => expect.poll(() => client.state().status)

/** Answers held back until they are let go. */
const gate = () => {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
const isRenewal = async (request: Request) =>
  request.url.endsWith("/token") && (await request.clone().text()).includes("grant_type=refresh_token")
/** The refresh tokens that were revoked. */
const revocations = (world: FakeWorld) => {
  const revoked: Array<string | null> = []
  world.answer = async (request) => {
    if (request.url.endsWith("/revoke")) revoked.push(new URLSearchParams(await request.text()).get("token"))
    return undefined
  }
  return revoked
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("a logout", () => {
  it("takes the login out before anybody hears of it, and has it revoked whatever others do then", async () => {
    const world = await makeFakeWorld()
    const revoked = revocations(world)
    const entries = mapStorage()
    const [one, two] = [await tab(world, entries), await tab(world, entries)]
    await signIn(world, one.client)
    await statusOf(two.client).toBe("signed-in")
    const kept: Array<number> = []
    one.client.subscribe(({ status }) => {
      if (status === "signed-out") kept.push(entries.entries.size)
    })
    await one.client.logout()
    await statusOf(two.client).toBe("signed-out")
    expect(kept).toEqual([0])
    expect(revoked).toEqual(["refresh-1"])
    await Promise.all([one, two].map(({ client }) => client.close()))
  })

  it("elsewhere takes away the login that it is about, and not one that began while this tab was held up", async () => {
    const world = await makeFakeWorld()
    const entries = mapStorage()
    const one = await tab(world, entries)
    await signIn(world, one.client)
    const reads = { held: undefined as Promise<void> | undefined, left: 0 }
    const slow: KeyValueStorage = {
      ...asyncStorage(entries),
      getItem: async (key) => {
        // what stands before the removal is read again
        if (reads.held !== undefined && reads.left-- === 0) await reads.held
        return entries.getItem(key)
      },
    }
    const two = await tab(world, slow)
    const { opened, open } = gate()
    Object.assign(reads, { held: opened, left: 1 })
    const [[, text = ""] = []] = [...entries.entries]
    const { id } = JSON.parse((JSON.parse(text) as { value: string }).value) as { id: string }
    const issuer = "https://issuer.test"
    const channel = new BroadcastChannel(`bearerkit:login:${JSON.stringify([issuer, "app"])}`)
    // as from a tab whose removal was overtaken by a write
    const say = channel.postMessage.bind(channel)
    say({ version: 1, type: "signed-out", login: id })
    await expect.poll(() => reads.left).toBeLessThan(0)
    await signIn(world, one.client)
    open()
    await turns()
    expect(await two.client.token()).toBe(await one.client.token())
    expect(entries.entries.size).toBe(1)
    expect(one.client.state()).toMatchObject({ status: "signed-in", error: undefined })
    channel.close()
    await Promise.all([one, two].map(({ client }) => client.close()))
  })

  it("elsewhere has nothing left for this tab to remove, however slow its storage is", async () => {
    const world = await makeFakeWorld()
    const entries = mapStorage()
    const { opened, open } = gate()
    const removeItem = (key: string) => opened.then(() => entries.removeItem(key))
    const [one, two] = [await tab(world, entries), await tab(world, { ...entries, removeItem })]
    await signIn(world, one.client)
    await statusOf(two.client).toBe("signed-in")
    await one.client.logout()
    await turns()
    await signIn(world, one.client)
    open()
    await turns()
    expect(entries.entries.size).toBe(1)
    expect(await two.client.token()).toBe(await one.client.token())
    await Promise.all([one, two].map(({ client }) => client.close()))
  })

  it("elsewhere of a login that this tab has not heard of is one here too", async () => {
    const world = await makeFakeWorld()
    const entries = mapStorage()
    const { client } = await tab(world, entries)
    await signIn(world, client)
    entries.entries.clear()
    const channel = new BroadcastChannel(`bearerkit:login:${JSON.stringify(["https://issuer.test", "app"])}`)
    const say = channel.postMessage.bind(channel)
    say({ version: 1, type: "signed-out", login: "another" })
    await expect.poll(() => client.state().status).toBe("signed-out")
    channel.close()
    await client.close()
  })

  it("is not undone by the answer to a renewal that began before", async () => {
    let time = Date.now()
    const world = await makeFakeWorld({ now: () => time })
    const { client } = await world.arrived()
    const { opened, open } = gate()
    let held = 0
    world.answer = async (request) => {
      if (held > 0 || !(await isRenewal(request))) return undefined
      held += 1
      await opened
      return undefined
    }
    time += hour
    const old = client.token()
    await expect.poll(() => held).toBe(1)
    await client.logout()
    expect(client.state().status).toBe("signed-out")
    expect((await signIn(world, client)).status).toBe("signed-in")
    open()
    await expect(old).rejects.toMatchObject({ code: "login_required" })
    await turns()
    expect(client.state()).toMatchObject({ status: "signed-in", claims: { sub: "ada" }, error: undefined })
    await client.close()
  })
})

it("a login in the place of somebody else's has that revoked, and that of the same person stays with its grant", async () => {
  const world = await makeFakeWorld()
  const revoked = revocations(world)
  const { client } = await tab(world, mapStorage())
  await signIn(world, client)
  await signIn(world, client)
  world.claims["sub"] = "bob"
  await signIn(world, client)
  await expect.poll(() => revoked).toEqual(["refresh-2"])
  await turns()
  expect(revoked).toEqual(["refresh-2"])
  await client.close()
})

describe("who listens and throws", () => {
  const listening = async (world: FakeWorld, page: FakePage) => {
    const reported = vi.fn<(error: unknown) => void>()
    const later = queueMicrotask
    vi.stubGlobal("queueMicrotask", (task: () => void) =>
      later(() => {
        try {
          task()
        } catch (error) {
          reported(error)
        }
      }),
    )
    const storage = { ...memory(), warnings: [{ name: "test", message: "to be heard" }] }
    const onWarning = () => {
      throw new Error("of who is warned")
    }
    const client = world.make(page, { storage, onWarning })
    const heard: Array<string> = []
    client.subscribe(() => {
      throw new Error("of the application")
    })
    client.subscribe(({ status }) => void heard.push(status))
    return { client, heard, reported }
  }

  it("is reported, and keeps nobody from hearing, signing out or beginning", async () => {
    const world = await makeFakeWorld()
    const before = fakePage("https://app.test/")
    await using leaving = world.make(before)
    await leaving.login()
    const { client, heard, reported } = await listening(world, world.back(before))
    expect(await client.ready()).toMatchObject({ status: "signed-in", error: undefined })
    await client.logout()
    expect(heard).toEqual(["signed-in", "signed-out"])
    expect(reported).toHaveBeenCalledWith(new Error("of the application"))
    expect(reported).toHaveBeenCalledWith(new Error("of who is warned"))
    await expect(client.token()).rejects.toMatchObject({ code: "login_required" })
    await client.close()
  })
})

describe("a token that has ended", () => {
  it("keeps nobody waiting for an issuer that says nothing, neither to begin nor to sign out", async () => {
    let time = Date.now()
    const world = await makeFakeWorld({ now: () => time })
    const entries = mapStorage()
    const first = await tab(world, entries)
    await signIn(world, first.client)
    await first.client.close()
    time += hour
    const discovering = { metadata: undefined } as object
    world.answer = () => new Promise(() => {})
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const client = world.make(fakePage("https://app.test/"), { storage: sharedStorage(entries), ...discovering })
    const ready = client.ready()
    await expect
      .poll(async () => {
        await vi.advanceTimersByTimeAsync(500)
        return client.state().ready
      })
      .toBe(true)
    expect(await ready).toMatchObject({ status: "renewing", error: undefined })
    const out = client.logout()
    await statusOf(client).toBe("signed-out")
    expect(entries.entries.size).toBe(0)
    await vi.advanceTimersByTimeAsync(5000)
    await out
    vi.useRealTimers()
    await client.close()
  })

  it.each([
    ["malformed_response", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["invalid_client", () => Response.json({ error: "invalid_client" }, { status: 401 })],
  ])("is not called a token at hand when there is no other: %s", async (code, answer) => {
    let time = Date.now()
    const world = await makeFakeWorld({ now: () => time })
    const { client } = await world.arrived()
    time += hour
    world.answer = ({ url }) => (url.endsWith("/token") ? answer() : undefined)
    await expect(client.token()).rejects.toMatchObject({ code })
    expect(client.state()).toMatchObject({ status: "renewing", claims: { sub: "ada" }, error: { code } })
    await client.close()
  })
})

it("a login that cannot be read is not said to be none", async () => {
  const world = await makeFakeWorld()
  const entries = mapStorage()
  const first = await tab(world, entries)
  await signIn(world, first.client)
  await first.client.close()
  const torn: KeyValueStorage = {
    ...entries,
    getItem: () => {
      throw new Error("torn")
    },
  }
  const { client, page } = await tab(world, torn)
  expect(client.state()).toMatchObject({ status: "needs-login", error: { code: "store_unavailable" } })
  await expect(client.login()).rejects.toMatchObject({ code: "store_unavailable" })
  expect(page.left).toEqual([])
  await client.close()
})

it("an answer that is none signs nobody in, and no other tab hears of a login", async () => {
  const world = await makeFakeWorld()
  const entries = mapStorage()
  const [one, two] = [await tab(world, entries), await tab(world, entries)]
  const { url } = await one.client.begin()
  const answered = world.back({ ...fakePage("https://app.test/"), left: [url] }).url().href
  const elsewhere = answered.replace("/callback", "/elsewhere")
  await expect(one.client.complete(elsewhere)).rejects.toMatchObject({ code: "invalid_state" })
  await turns()
  expect(two.client.state().status).toBe("signed-out")
  await one.client.complete(answered)
  await one.client.logout()
  await expect(one.client.complete(answered)).rejects.toMatchObject({ code: "invalid_state" })
  expect(one.client.state().status).toBe("signed-out")
  await Promise.all([one, two].map(({ client }) => client.close()))
})
