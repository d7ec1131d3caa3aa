import { expect, it, vi } from "vitest"
import { loginByPopup } from "../src/popup.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

it("an abort while the login is begun is heard, and the window goes nowhere", async () => {
  const gone: Array<string> = []
  const popup = {
    closed: false,
    location: { replace: (url: string) => gone.push(url) },
    close: () => gone.push("closed"),
  }
  vi.stubGlobal("window", { open: () => popup })
  try {
    const world = await makeFakeWorld()
    await using client = world.make(fakePage("https://app.test/"))
    const stop = new AbortController()
    const begin: typeof client.begin = async (options) => {
      const begun = await client.begin(options)
      stop.abort(new Error("unmounted"))
      return begun
    }
    const login = loginByPopup({ ...client, begin }, {}, { signal: stop.signal })
    await expect(login).rejects.toThrow("unmounted")
    expect(gone).toEqual(["closed"])
  } finally {
    vi.unstubAllGlobals()
  }
})
