import { expect, it } from "vitest"
import { makeFakeWorld } from "./support/fake-world.ts"

it("a login for more scopes serves the client's own target too, though nothing can be renewed", async () => {
  const world = await makeFakeWorld({ renewable: false, target: { scope: "openid read" } })
  const wider = { scope: "openid read write" }
  const { client } = await world.arrived({ target: wider })
  expect(client.state()).toMatchObject({ status: "signed-in", claims: { sub: "ada" }, error: undefined })
  expect(await client.token()).toBe(await client.token(wider))
  await client.close()
})
