import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, expect, it } from "vitest"
import { bundle } from "./support/page-server.ts"

const entries = ["index", "iframe", "popup"].map((name) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url)))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-size-"))
  const all = entries.map((entry) => `export * from ${JSON.stringify(entry)}`)
  await writeFile(join(folder, "all.ts"), all.join("\n"))
})
afterAll(() => rm(folder, { recursive: true }))

/** Bytes of a page that imports these, minified and gzipped, with Effect. */
const sizeOf = async (...names: ReadonlyArray<string>): Promise<number> => {
  const entry = join(folder, `${names.join("-")}.ts`)
  await writeFile(entry, `import { ${names.join(", ")} } from "./all.ts"\nwindow.kept = [${names.join(", ")}]`)
  return gzipSync(await bundle({ entry }), { level: 9 }).length
}

it("a page pays for a storage or a flow only when it imports it", { timeout: 30_000 }, async () => {
  const base = await sizeOf("createBrowserClient")
  const limits = {
    webSessionStorage: 400,
    webLocalStorage: 850,
    cookie: 1850,
    encryptedIndexedDb: 2400,
    locationHash: 4500,
    boundToBrowser: 2050,
    "loginByPopup, answerToOpener": 750,
    iframe: 1650,
    clientObserver: 650,
  }
  for (const [name, limit] of Object.entries(limits)) {
    const size = (await sizeOf("createBrowserClient", name)) - base
    expect(size < limit ? "fits" : `${name}: ${size} bytes of ${limit}`).toBe("fits")
  }
})

it("the page that a frame comes back to is small", async () => {
  expect(await sizeOf("answerToParent")).toBeLessThan(600)
})
