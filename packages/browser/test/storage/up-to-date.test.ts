import { afterEach, expect, it, vi } from "vitest"
import { mapStorage } from "../../../core/test/support/storage.ts"
import { upToDate } from "../../src/storage/up-to-date.ts"

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it("a tab reads what it has, where an announced write does not arrive", async () => {
  const mark = "written:k:what-another-tab-wrote"
  const asked: Array<unknown> = []
  const locks = {
    query: async () => ({ held: [{ name: mark }, { name: "written:other:x" }] }),
    request: async (...args: ReadonlyArray<unknown>) => void asked.push(args),
  }
  vi.stubGlobal("navigator", { locks })
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] })
  const copy = mapStorage()
  copy.setItem("k", "old")
  const read: Array<unknown> = []
  const reading = Promise.resolve(upToDate(copy).getItem("k")).then((text) => read.push(text))
  for (let millis = 0; millis < 1900; millis += 100) await passed(100)
  expect(read).toEqual([])
  while (read.length === 0) await passed(100)
  await reading
  expect(read).toEqual(["old"])
  expect(asked).toEqual([])
})

it("a browser without locks, or that does not tell of them, has the storage as it is", async () => {
  vi.stubGlobal("navigator", {})
  const storage = mapStorage()
  expect(upToDate(storage)).toBe(storage)
  const refused = () => Promise.reject(new DOMException("opaque origin", "SecurityError"))
  vi.stubGlobal("navigator", { locks: { query: refused, request: refused } })
  await upToDate(storage).setItem("k", "text")
  expect(await upToDate(storage).getItem("k")).toBe("text")
  await upToDate(storage).removeItem("k")
  expect(storage.getItem("k")).toBeNull()
})

/** Lets time go by, and what waits for nothing else be done. */
const passed = async (millis: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(millis)
  await new Promise((resolve) => setImmediate(resolve))
}
