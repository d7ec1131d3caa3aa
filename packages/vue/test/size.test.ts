import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, expect, it } from "vitest"
import { bundle } from "../../browser/test/support/page-server.ts"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-size-"))
})
afterAll(() => rm(folder, { recursive: true }))

const at = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../src/${path}`, import.meta.url)))

/** An application as it ships, with Vue and Effect. */
const application = async (name: string, devtools: string): Promise<string> => {
  const entry = join(folder, `${name}.ts`)
  const imports = [
    `import { createAuth } from ${at("index.ts")}`,
    `import { authDevtools } from ${at("devtools/index.ts")}`,
  ]
  await writeFile(
    entry,
    [...imports, `window.auth = createAuth({ ...window.options, devtools: ${devtools} })`].join("\n"),
  )
  return bundle({ entry, define: { "process.env.NODE_ENV": '"production"' } })
}
const sizeOf = (script: string): number => gzipSync(script, { level: 9 }).length

it("an application pays for the panel only where it shows it", { timeout: 30_000 }, async () => {
  const without = await application("without", "undefined")
  const never = await application("never", "false ? authDevtools() : undefined")
  const shown = await application("shown", "authDevtools()")
  expect(sizeOf(never)).toBe(sizeOf(without))
  expect(["Search tokens", "devtools-plugin:setup"].filter((word) => without.includes(word))).toEqual([])
  const size = sizeOf(shown) - sizeOf(without)
  expect(size < limit ? "fits" : `${size} bytes of ${limit}`).toBe("fits")
})

/** Most of it is Vue's own package for plugins of its devtools. */
const limit = 28_000
