import { BearerError } from "@bearerkit/core"
import { describe, expect, it } from "vitest"
import { type LoginState, makeObservedState } from "../src/login-state.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

const hour = 3_600_000
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe("listeners of a page's state", () => {
  it("hear nothing of what is as it was, though it is another object", () => {
    const state = makeObservedState()
    const heard: Array<LoginState> = []
    const refused = (code: BearerError["code"], message: string, retryAfter?: number) =>
      new BearerError(code, message, { fix: "", retryAfter })
    state.change({ ready: true, claims: { sub: "ada" }, error: refused("unavailable", "one", 2000) })
    state.subscribe((next) => void heard.push(next))
    const { claims, error } = state.get()
    state.change({ claims: { sub: "ada" }, error: refused("unavailable", "one", 1000) })
    expect(heard).toEqual([])
    state.change({ status: "offline", claims: { sub: "ada" }, error: refused("unavailable", "one") })
    expect(heard.map(({ status }) => status)).toEqual(["offline"])
    expect(state.get().claims).toBe(claims)
    expect(state.get().error).toBe(error)
    for (const next of [refused("unavailable", "two"), refused("timeout", "two"), undefined]) {
      state.change({ error: next })
      expect(heard.at(-1)?.error).toBe(next)
    }
    expect(heard.length).toBe(4)
  })

  it("hear once of calls that fail alike where nobody is signed in, and may ask for a token themselves", async () => {
    const world = await makeFakeWorld()
    await using client = world.make(fakePage("https://app.test/"))
    await client.ready()
    const heard: Array<LoginState> = []
    client.subscribe((state) => {
      heard.push(state)
      if (heard.length < 50) client.token().catch(() => {})
    })
    const calls = Array.from({ length: 200 }, () => client.token().catch((error: BearerError) => error.code))
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["login_required"]))
    await turns()
    expect(heard).toMatchObject([{ status: "signed-out", error: { code: "login_required" } }])
  })

  it("hear once of calls that fail alike where the issuer cannot be reached", async () => {
    let time = Date.now()
    const world = await makeFakeWorld({ now: () => time })
    const { client } = await world.arrived()
    world.answer = (request) =>
      request.url.endsWith("/token") ? Promise.reject(new TypeError("Failed to fetch")) : undefined
    time += hour
    await expect(client.token()).rejects.toMatchObject({ code: "unreachable" })
    const heard: Array<LoginState> = []
    client.subscribe((state) => {
      heard.push(state)
      if (heard.length < 50) client.token().catch(() => {})
    })
    for (let call = 0; call < 20; call++) {
      await expect(client.token()).rejects.toMatchObject({ code: "unreachable" })
    }
    await turns()
    expect(heard).toEqual([])
    expect(client.state()).toMatchObject({ status: "offline", error: { code: "unreachable" } })
    await client.close()
  })
})
