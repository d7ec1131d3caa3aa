import { type KeyValueStorage, makeKeyValueStore } from "@bearerkit/core"
import { vi } from "vitest"
import type { BrowserClient, BrowserStorage } from "../../src/index.ts"
import { inTabs } from "../../src/storage/in-tabs.ts"
import { fakePage } from "../../src/testing/fake-page.ts"
import type { FakeWorld } from "./fake-world.ts"

/** A storage that all tabs have. */
export const sharedStorage = (entries: KeyValueStorage): BrowserStorage => ({
  services: inTabs(() => makeKeyValueStore(() => entries)),
  shared: true,
  warnings: [],
})
/** Signs in by another window. */
export const signIn = async (world: FakeWorld, client: BrowserClient) => {
  const { url } = await client.begin()
  const answered = world.back({ ...fakePage("https://app.test/"), left: [url] })
  return client.complete(answered.url().href)
}
export const tab = async (world: FakeWorld, entries: KeyValueStorage) => {
  const page = fakePage("https://app.test/")
  const client = world.make(page, { storage: sharedStorage(entries) })
  await client.ready()
  return { client, page }
}
/** A tab that hears nothing of the others. */
export const deafTab = async (world: FakeWorld, entries: KeyValueStorage) => {
  vi.stubGlobal("BroadcastChannel", undefined)
  const made = await tab(world, entries)
  vi.unstubAllGlobals()
  return made
}
