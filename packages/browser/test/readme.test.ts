import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { runInNewContext } from "node:vm"
import { makeKeyValueStore } from "@bearerkit/core"
import { expect, it } from "vitest"
import { mapStorage } from "../../core/test/support/storage.ts"
import { type BrowserClient, type BrowserStorage, isHeld, memory } from "../src/index.ts"
import { inTabs } from "../src/storage/in-tabs.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

const api = "https://api.example"

/** What the first program does with its client. */
const firstProgram = async (auth: BrowserClient): Promise<void> => {
  const readme = await readFile(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8")
  const [program = ""] = /^const \{[^]*?(?=```)/m.exec(readme) ?? []
  expect(program).toContain("auth.ready()")
  await runInNewContext(`(async () => {${program}})()`, { auth, isHeld, console: { log: () => {}, error: () => {} } })
}
const makeWorld = async (storage: BrowserStorage = memory()) => {
  const world = await makeFakeWorld({ apis: { [api]: {} }, storage })
  const sent: Array<string> = []
  world.answer = ({ url }) => {
    if (!url.startsWith(api)) return undefined
    sent.push(url)
    return Response.json([])
  }
  return { world, sent }
}

it("the first program sends a person to the issuer once, and calls the API when they are back", async () => {
  const { world, sent } = await makeWorld()
  const first = fakePage("https://app.test/")
  await using leaving = world.make(first)
  await firstProgram(leaving)
  expect([first.left.length, sent]).toEqual([1, []])
  const next = world.back(first)
  await using back = world.make(next)
  await firstProgram(back)
  expect([next.left, sent]).toEqual([[], [`${api}/orders`]])
})

it("the first program sends nobody to the issuer again who was refused there", async () => {
  const { world, sent } = await makeWorld()
  const first = fakePage("https://app.test/")
  await using leaving = world.make(first)
  await leaving.login()
  const next = world.back(first)
  next.show(next.url().href.replace("code=code", "error=access_denied"))
  await using back = world.make(next)
  await firstProgram(back)
  expect([next.left, sent]).toEqual([[], []])
})

it("the first program signs in nobody who is only offline", async () => {
  const kept = mapStorage()
  const storage = { services: inTabs(() => makeKeyValueStore(() => kept)), shared: true, warnings: [] }
  const { world, sent } = await makeWorld(storage)
  const before = await world.arrived()
  await before.client.close()
  const page = fakePage("https://app.test/")
  page.online = false
  await using client = world.make(page)
  await firstProgram(client)
  expect([client.state().status, page.left, sent]).toEqual(["offline", [], [`${api}/orders`]])
})
