import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { type BrowserClientOptions, cookie, locationHash, webLocalStorage } from "../src/index.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

describe("the client of a page says once what a developer should know", () => {
  beforeEach(() => {
    vi.stubGlobal("localStorage", mapStorage())
    vi.stubGlobal("document", { cookie: "" })
  })
  afterEach(() => void vi.unstubAllGlobals())

  const warned = async (extra: Partial<BrowserClientOptions>) => {
    const names: Array<string> = []
    const onWarning = ({ name }: { readonly name: string }): void => void names.push(name)
    const world = await makeFakeWorld()
    await using client = world.make(fakePage("https://app.test/"), { ...extra, onWarning })
    expect(names).toEqual([])
    await client.ready()
    await client.login()
    await client.login()
    return names
  }

  it("of storages and flows, by name", async () => {
    expect(await warned({})).toEqual([])
    expect(await warned({ storage: webLocalStorage() })).toEqual(["local-storage"])
    expect(await warned({ storage: cookie() })).toEqual(["script-readable-cookie"])
    expect(await warned({ flow: locationHash() })).toEqual(["token-in-fragment", "id-token-as-bearer"])
    expect(await warned({ flow: locationHash({ responseType: "id_token token" }) })).toEqual(["token-in-fragment"])
  })

  it("and not what is accepted", async () => {
    const acceptedWarnings = ["token-in-fragment", "local-storage"]
    expect(await warned({ flow: locationHash(), storage: webLocalStorage(), acceptedWarnings })).toEqual([
      "id-token-as-bearer",
    ])
  })
})
