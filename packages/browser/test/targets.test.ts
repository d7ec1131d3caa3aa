import { describe, expect, it } from "vitest"
import type { BrowserClient } from "../src/index.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

it("a login for more scopes serves the client's own target too, though nothing can be renewed", async () => {
  const world = await makeFakeWorld({ renewable: false, target: { scope: "openid read" } })
  const wider = { scope: "openid read write" }
  const { client } = await world.arrived({ target: wider })
  expect(client.state()).toMatchObject({ status: "signed-in", claims: { sub: "ada" }, error: undefined })
  expect(await client.token()).toBe(await client.token(wider))
  await client.close()
})

describe("what goes wrong with another target", () => {
  const other = { scope: "openid other" }

  it("does not touch the login while its own token is good", async () => {
    const world = await makeFakeWorld({ renewable: false })
    const { client } = await world.arrived()
    const states: Array<string> = []
    client.subscribe(({ status }) => void states.push(status))
    await expect(client.token(other)).rejects.toMatchObject({ code: "login_required" })
    await settled(client)
    expect(client.state()).toMatchObject({ status: "signed-in", claims: { sub: "ada" }, error: undefined })
    expect(states).toEqual([])
    await client.close()
  })

  it("is no lost network while the own token is good", async () => {
    const world = await makeFakeWorld()
    const { client } = await world.arrived()
    world.answer = () => Promise.reject(new TypeError("Failed to fetch"))
    await expect(client.token(other)).rejects.toMatchObject({ code: "unreachable" })
    await settled(client)
    expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
    await client.close()
  })

  it("is told of the login where that has ended", async () => {
    const world = await makeFakeWorld()
    const { client } = await world.arrived()
    world.answer = ({ url }) => (url.endsWith("/token") ? refused() : undefined)
    await expect(client.token(other)).rejects.toMatchObject({ code: "login_required" })
    await expect.poll(() => client.state()).toMatchObject({ status: "needs-login", claims: undefined })
    await client.close()
  })
})

it("a network that is back is noticed by the next token", async () => {
  let now = Date.now()
  const world = await makeFakeWorld({ now: () => now })
  const { client } = await world.arrived()
  now += 3_600_001
  world.answer = () => Promise.reject(new TypeError("Failed to fetch"))
  await expect(client.token()).rejects.toMatchObject({ code: "unreachable" })
  expect(client.state()).toMatchObject({ status: "offline", error: { code: "unreachable" } })
  world.answer = () => undefined
  await client.token()
  await expect.poll(() => client.state()).toMatchObject({ status: "signed-in", error: undefined })
  await client.close()
})

it("a lost network is told once, whatever fails meanwhile", async () => {
  const world = await makeFakeWorld()
  const { client, page } = await world.arrived()
  const states: Array<string> = []
  client.subscribe(({ status }) => void states.push(status))
  world.answer = () => Promise.reject(new TypeError("Failed to fetch"))
  page.online = false
  page.listeners.forEach((tell) => tell("lost"))
  await expect(client.token({ scope: "openid other" })).rejects.toMatchObject({ code: "unreachable" })
  await settled(client)
  expect(states).toEqual(["offline"])
  await client.close()
})

it("a call of an API tells the state that the issuer has ended the login", async () => {
  const api = "https://api.test"
  const world = await makeFakeWorld({ apis: { [api]: { scope: "openid" } } })
  const { client } = await world.arrived()
  world.answer = ({ url }) => {
    if (url.endsWith("/token")) return refused()
    const challenge = 'Bearer error="invalid_token"'
    return url.startsWith(api)
      ? new Response(null, { status: 401, headers: { "www-authenticate": challenge } })
      : undefined
  }
  await expect(client.fetch(`${api}/orders`)).rejects.toMatchObject({ code: "login_required" })
  await expect.poll(() => client.state()).toMatchObject({ status: "needs-login", claims: undefined })
  await client.close()
})

const refused = () => Response.json({ error: "invalid_grant" }, { status: 400 })
/** When the client has looked at what is kept. */
const settled = async (client: BrowserClient) => {
  await client.token()
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
