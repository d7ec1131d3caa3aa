import { describe, expect, it } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { steppingUp } from "../src/index.ts"
import { makeFakeWorld } from "./support/fake-world.ts"
import { deafTab, signIn, tab } from "./support/tabs.ts"

const api = "https://api.test"
const hour = 3_600_000

describe("a call that was made for one person", () => {
  const makeTabs = async () => {
    let time = Date.now()
    const world = await makeFakeWorld({ now: () => time, apis: { [api]: { scope: "openid" } } })
    const entries = mapStorage()
    const { client } = await deafTab(world, entries)
    const sent: Array<string> = []
    world.answer = async (request) => {
      if (!request.url.startsWith(api)) return undefined
      sent.push(await request.text())
      return new Response("saved")
    }
    await signIn(world, client)
    await client.token()
    const other = await tab(world, entries)
    /** Time goes by, and somebody signs in in the other tab. */
    const elsewhere = async (sub: string) => {
      time += 2 * hour
      world.claims["sub"] = sub
      await signIn(world, other.client)
    }
    const close = () => Promise.all([client.close(), other.client.close()])
    return { client, sent, elsewhere, close }
  }

  it("is never sent for another who has signed in since", async () => {
    const { client, sent, elsewhere, close } = await makeTabs()
    await elsewhere("bob")
    expect(client.state().claims).toMatchObject({ sub: "ada" })
    const saved = client.fetch(`${api}/drafts`, { method: "POST", body: "Ada's" })
    await expect(saved).rejects.toMatchObject({
      code: "login_required",
      message: expect.stringContaining("who asked is not signed in"),
    })
    expect(sent).toEqual([])
    expect(client.state()).toMatchObject({ status: "signed-in", claims: { sub: "bob" } })
    await client.fetch(`${api}/drafts`, { method: "POST", body: "Bob's" })
    expect(sent).toEqual(["Bob's"])
    await close()
  })

  it("is not sent for another who has signed in while the body of a request was read", async () => {
    const { client, sent, elsewhere, close } = await makeTabs()
    const draft = new TransformStream<Uint8Array, Uint8Array>()
    const streamed = { method: "POST", body: draft.readable, duplex: "half" }
    const saved = steppingUp(client).fetch(new Request(`${api}/drafts`, streamed))
    await elsewhere("bob")
    await expect(client.token()).rejects.toMatchObject({ code: "login_required" })
    expect(client.state().claims).toMatchObject({ sub: "bob" })
    await draft.writable.close()
    await expect(saved).rejects.toMatchObject({ code: "login_required" })
    expect(sent).toEqual([])
    await close()
  })

  it("brings no token of another, for whatever it is", async () => {
    const { client, elsewhere, close } = await makeTabs()
    await elsewhere("bob")
    const calls = [client.token(), client.credential({ scope: "openid other" }), client.token()]
    const codes = calls.map((call) => call.then(String, ({ code }: { readonly code: string }) => code))
    expect(await Promise.all(codes)).toEqual(codes.map(() => "login_required"))
    await close()
  })

  it("goes on where the same person has signed in again", async () => {
    const { client, sent, elsewhere, close } = await makeTabs()
    await elsewhere("ada")
    const response = await client.fetch(`${api}/drafts`, { method: "POST", body: "Ada's" })
    expect([response.status, sent]).toEqual([200, ["Ada's"]])
    await close()
  })
})
