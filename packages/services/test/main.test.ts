import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

import { describe, expect, test } from "vitest"

import { isBrowserAvailable, isRedisAvailable, isSlapdAvailable } from "../src/index.ts"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const run = (args: ReadonlyArray<string>, ci: string) =>
  spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", env: { ...process.env, CI: ci } })

describe("pnpm services", () => {
  test("--help", () => {
    const { status, stdout } = run(["--help"], "")
    expect(status).toBe(0)
    expect(stdout).toContain("--check")
  })

  test("--check reports; a missing service is a failure in CI only", () => {
    const states = { slapd: isSlapdAvailable(), chromium: isBrowserAvailable(), redis: isRedisAvailable() }
    const here = run(["--check"], "")
    expect(here.status).toBe(0)
    for (const [name, { available }] of Object.entries(states)) {
      expect(here.stdout).toMatch(available ? `${name} is there` : `${name} is not installed`)
    }
    const all = Object.values(states).every(({ available }) => available)
    expect(run(["--check"], "true").status).toBe(all ? 0 : 1)
  })

  test("wrong use is exit code 2", () => {
    expect(run(["--chekc"], "").status).toBe(2)
  })
})
