import { expect, it } from "vitest"
import { BearerError } from "../src/index.ts"
import { iframe, type IframeOptions } from "../src/iframe.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

/** The warnings of a page at https://app.test, at an issuer of this address. */
const warned = async (issuer: string, options?: IframeOptions) => {
  const names: Array<string> = []
  const onWarning = ({ name }: { readonly name: string }): void => void names.push(name)
  const { make } = await makeFakeWorld()
  const metadata = { issuer, authorizationEndpoint: `${issuer}/authorize`, tokenEndpoint: `${issuer}/token` }
  await using client = make(fakePage("https://app.test/"), { issuer, metadata, renewal: iframe(options), onWarning })
  expect(names).toEqual([])
  await client.ready()
  return names
}

it("a renewal in a frame warns of an issuer whose cookies no frame of the page sees", async () => {
  expect(await warned("https://issuer.example")).toEqual(["cross-site-issuer"])
  expect(await warned("http://app.test")).toEqual(["cross-site-issuer"])
  expect(await warned("https://login.app.test")).toEqual([])
})

it.each([0, -1, NaN, Infinity, 15_001])("a frame that may take %s ms is refused", (timeout) => {
  expect(() => iframe({ timeout })).toThrow(BearerError)
  expect(() => iframe({ timeout })).toThrow(/timeout must be/)
})

it("is touched by nobody who has a refresh token", async () => {
  const world = await makeFakeWorld({ renewal: () => ({ renew: () => expect.unreachable(), warnings: [] }) })
  const { client } = await world.arrived()
  expect(await client.token()).toMatch(/^access-/)
  expect(await client.token({ scope: "openid" })).toMatch(/^access-/)
  await client.close()
})
