import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { openBrowser } from "../../src/index.ts"

const url = "https://issuer.example/authorize?a=1&b=$(touch%20x)&c='\"; touch y #"
let folder = ""
let path: string | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bearerkit-browser-"))
  path = process.env["PATH"]
  process.env["PATH"] = folder
})
afterEach(() => {
  process.env["PATH"] = path
  rmSync(folder, { recursive: true })
})

/** An opener of this system's name that does this. */
const opener = (script: string): void => {
  const name = process.platform === "darwin" ? "open" : "xdg-open"
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}

describe.skipIf(process.platform === "win32")("the system's browser", () => {
  it("gets the address as it is, past no shell", async () => {
    const seen = join(folder, "seen")
    opener(`printf '%s|%s' "$#" "$1" > '${seen}'`)
    assert.isTrue(await openBrowser(url))
    assert.strictEqual(readFileSync(seen, "utf8"), `1|${url}`)
    assert.isFalse(existsSync("x") || existsSync("y"))
  })

  it("is not there, or cannot be started", async () => {
    assert.isFalse(await openBrowser(url))
    opener("exit 3")
    assert.isFalse(await openBrowser(url))
  })
})
