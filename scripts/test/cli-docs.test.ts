import { spawnSync } from "node:child_process"
import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { cliPage, cliPagePath } from "../cli-docs/page.ts"

/** `script` of util-linux gives a process a terminal of its own. */
const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

test.runIf(hasScript)(
  "docs/cli.md is what the command shows: node scripts/cli-docs.ts makes it anew",
  async () => {
    expect(await cliPage()).toBe(await readFile(cliPagePath, "utf8"))
  },
  120_000,
)
