import { expect, it } from "vitest"
import { steppingUp } from "../src/index.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

const api = "https://api.test"
const reason = new Error("enough")
const unread = (signal?: AbortSignal) =>
  new Request(api, { method: "POST", body: new ReadableStream(), duplex: "half", signal } as RequestInit)

const clients = [
  { name: "the client", fetchOf: ({ fetch }: Client) => fetch },
  { name: "who steps up", fetchOf: (client: Client) => steppingUp(client).fetch },
]
type Client = Awaited<ReturnType<Awaited<ReturnType<typeof makeFakeWorld>>["arrived"]>>["client"]

for (const { name, fetchOf } of clients) {
  it(`a request whose body never ends is ended by its signal, and by that of the call: ${name}`, async () => {
    const world = await makeFakeWorld({ apis: { [api]: {} } })
    const { client } = await world.arrived()
    const [own, other] = [new AbortController(), new AbortController()]
    const fetch = fetchOf(client)
    const calls = [fetch(unread(own.signal)), fetch(unread(), { signal: other.signal })]
    own.abort(reason)
    other.abort(reason)
    for (const call of calls) await expect(call).rejects.toBe(reason)
    await client.close()
  })
}

for (const { name, fetchOf } of clients) {
  it(`a request whose body was read already is refused, and nothing is sent: ${name}`, async () => {
    const world = await makeFakeWorld({ apis: { [api]: {} } })
    const { client } = await world.arrived()
    const sent: Array<string> = []
    world.answer = ({ url }) => void sent.push(url)
    const request = new Request(api, { method: "POST", body: "once" })
    await request.text()
    await expect(fetchOf(client)(request)).rejects.toMatchObject({
      name: "BearerError",
      code: "invalid_options",
      message: expect.stringContaining("has a body that was read already"),
    })
    expect(sent).toEqual([])
    expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
    await client.close()
  })
}

it("a request whose body never ends is ended with the client", async () => {
  const world = await makeFakeWorld({ apis: { [api]: {} } })
  const { client } = await world.arrived()
  const call = client.fetch(unread())
  await client.close()
  await expect(call).rejects.toMatchObject({ code: "closed" })
})

it("a call that no fetch takes is no lost network, and changes no status", async () => {
  const world = await makeFakeWorld({ apis: { [api]: {} } })
  const { client } = await world.arrived()
  for (const init of [{ body: "x" }, { method: "CONNECT" }, { headers: { "x y": "z" } }])
    await expect(client.fetch(api, init)).rejects.toMatchObject({ code: "invalid_options", retryable: false })
  expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
  await client.close()
})
