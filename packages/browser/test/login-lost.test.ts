import { type KeyValueStorage, makeKeyValueStore } from "@bearerkit/core"
import { expect, it } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { memory } from "../src/index.ts"
import { inTabs } from "../src/storage/in-tabs.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

/** A page that somebody comes back to with a code, its client, and the refresh tokens that the issuer is asked to forget. */
const comingBack = async (kept: KeyValueStorage) => {
  const services = inTabs(() => makeKeyValueStore(() => kept))
  const world = await makeFakeWorld({ storage: { services, shared: true, warnings: [] } })
  const revoked: Array<string | null> = []
  world.answer = async (request) => {
    if (request.url.endsWith("/revoke")) revoked.push(new URLSearchParams(await request.text()).get("token"))
    return undefined
  }
  const before = fakePage("https://app.test/deep")
  await using leaving = world.make(before, { storage: memory() })
  await leaving.login()
  return { world, revoked, client: world.make(world.back(before)) }
}

it("a login whose ID token is refused leaves no refresh token behind", async () => {
  const { world, revoked, client } = await comingBack(mapStorage())
  world.claims["aud"] = "another"
  expect(await client.ready()).toMatchObject({ callback: "failed", error: { code: "id_token_refused" } })
  expect(revoked).toEqual(["refresh-1"])
  await client.close()
})

it("a login that cannot be kept leaves no refresh token behind", async () => {
  const setItem = () => {
    throw new DOMException("full", "QuotaExceededError")
  }
  const { revoked, client } = await comingBack({ ...mapStorage(), setItem })
  expect(await client.ready()).toMatchObject({ callback: "failed", error: { code: "store_unavailable" } })
  expect(revoked).toEqual(["refresh-1"])
  await client.close()
})

for (const step of ["getItem", "setItem"] as const) {
  it(`a login whose client is closed while it is kept is kept: ${step}`, async () => {
    const entries = mapStorage()
    const steps: Array<() => void> = []
    const slow = async (...args: [key: string, value: string]) => {
      await new Promise<void>((resolve) => steps.push(resolve))
      return entries[step](...args)
    }
    const { world, revoked, client } = await comingBack({ ...entries, [step]: slow })
    const arrival = client.ready()
    await expect.poll(() => steps).toHaveLength(1)
    const closed = client.close()
    steps[0]?.()
    await Promise.all([closed, arrival])
    expect(revoked).toEqual([])
    const services = inTabs(() => makeKeyValueStore(() => entries))
    await using next = world.make(fakePage("https://app.test/deep"), {
      storage: { services, shared: true, warnings: [] },
    })
    await next.ready()
    expect(next.state()).toMatchObject({ status: "signed-in", claims: { sub: "ada" } })
  })
}
