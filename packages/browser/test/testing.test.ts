import { expect, it } from "vitest"
import { steppingUp, tokenExchange } from "../src/index.ts"
import { makeTestClient } from "../src/testing/index.ts"

const api = "https://api.test"

it("a test client is signed in as the test says, and keeps to its clock", async () => {
  const test = await makeTestClient({ claims: { sub: "ada", name: "Ada" }, lifetime: 600_000 })
  await using client = test.client
  expect(await client.ready()).toMatchObject({ callback: "completed", status: "signed-in", returnTo: "/" })
  expect(client.state().claims).toMatchObject({ sub: "ada", name: "Ada" })
  const first = await client.token()
  test.goOffline()
  void test.advance(3_600_000)
  await expect(client.token()).rejects.toMatchObject({ code: "unreachable" })
  expect(client.state().status).toBe("offline")
  await test.goOnline()
  expect(client.state().status).toBe("signed-in")
  expect(await client.token()).not.toBe(first)
})

it("who waits for time or the network finds everything done that they bring about", async () => {
  const test = await makeTestClient({ claims: { sub: "ada" }, lifetime: 600_000 })
  await using client = test.client
  await client.ready()
  const first = await client.token()
  await test.advance(600_000)
  expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
  const second = await client.token()
  expect(second).not.toBe(first)
  test.goOffline()
  expect(client.state().status).toBe("offline")
  await test.goOnline()
  expect(client.state().status).toBe("signed-in")
  test.goOffline()
  void test.advance(600_000)
  await test.goOnline()
  expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
  expect(await client.token()).not.toBe(second)
})

it("nobody is signed in unless the test says so", async () => {
  const { client, left } = await makeTestClient()
  expect(await client.ready()).toMatchObject({ callback: "none", status: "signed-out" })
  await client.login({ returnTo: "/there" })
  expect(left[0]).toMatch(/^https:\/\/issuer\.test\/authorize\?/)
  await client.close()
})

it("tokens are traded only by a client that has a delegation", async () => {
  const claims = { sub: "ada" }
  const { client } = await makeTestClient({ claims, delegation: tokenExchange() })
  const target = { audience: "https://reports.test" }
  expect(await client.delegate(target)).toBe(await client.delegate(target))
  expect(await client.delegate(target)).not.toBe(await client.token())
  await client.close()
  const other = await makeTestClient({ claims })
  await expect(other.client.delegate(target)).rejects.toMatchObject({ code: "invalid_options" })
  await other.client.close()
})

it("an API that demands another login gets it, and who gives up hears of it", async () => {
  const challenge = 'Bearer error="insufficient_user_authentication", acr_values="gold"'
  const refuse = () => new Response(null, { status: 401, headers: { "www-authenticate": challenge } })
  const { client, left } = await makeTestClient({ claims: { sub: "ada" }, apis: { [api]: {} }, api: refuse })
  const { fetch, resumed } = steppingUp(client)
  const controller = new AbortController()
  const { signal } = controller
  const headers = { "content-type": "text/plain", "x-secret": "s" }
  const call = fetch(`${api}/transfer`, { method: "POST", body: "one", headers, signal })
  await expect.poll(() => left).toHaveLength(1)
  expect(new URL(left[0] ?? "").searchParams.get("acr_values")).toBe("gold")
  controller.abort()
  await expect(call).rejects.toBe(signal.reason)
  expect(await resumed()).toBeUndefined()
  await client.close()
})
