import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, it } from "vitest"

const program = fileURLToPath(new URL("../src/storage/table-storage.laws.ts", import.meta.url))

it("the storage of docs/extending.md keeps our laws, under node:test", { timeout: 30_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--test-reporter=tap", program])
  assert.match(stdout, /^# pass 16$/m)
  assert.match(stdout, /^# fail 0$/m)
})
