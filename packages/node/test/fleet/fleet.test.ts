import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { fileStorage } from "../../src/index.ts"
import { fleetLaws } from "./laws.ts"

const folder = mkdtempSync(join(tmpdir(), "bearerkit-fleet-"))
afterAll(() => rmSync(folder, { recursive: true }))

fleetLaws("files", {
  program: new URL("file-member.ts", import.meta.url),
  at: () => join(folder, "store"),
  storageAt: (directory) => fileStorage({ directory }),
})
