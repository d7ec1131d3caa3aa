import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { afterAll, beforeAll, expect, test } from "vitest"
import { main } from "./support/command.ts"
import { claimsOf, password, startTestIssuer, type TestIssuer } from "./support/issuer.ts"

/** `script` of util-linux gives a process a terminal of its own. */
const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

let fixture: TestIssuer
beforeAll(async () => {
  fixture = await startTestIssuer()
})
afterAll(() => fixture[Symbol.asyncDispose]())

interface Session {
  readonly screen: string
  readonly code: number
}

const onTerminal = async (keys: string, more: ReadonlyArray<string> = []): Promise<Session> => {
  const args = ["token", "--flow", "oauth-ro", "--username", "alice", "--connection", "users", ...more]
  const child = spawn(
    "script",
    ["--quiet", "--return", "--command", `"$NODE" "$MAIN" ${args.join(" ")}`, "/dev/null"],
    {
      env: {
        PATH: process.env["PATH"],
        SHELL: "/bin/sh",
        TERM: "xterm",
        NODE: process.execPath,
        MAIN: main,
        BEARERKIT_ISSUER: fixture.issuer.url,
        BEARERKIT_CLIENT_ID: "service",
      },
    },
  )
  let screen = ""
  let asked = false
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk
    if (asked || !screen.includes("Password for")) return
    asked = true
    child.stdin.write(keys)
  })
  const [code]: Array<unknown> = await once(child, "close")
  return { screen, code: code as number }
}

test.runIf(hasScript)("a missing password is asked for and not shown", async () => {
  const { screen, code } = await onTerminal(`${password}x\u{7f}\r`)
  expect(screen).toContain(`Password for "alice": \r\n`)
  expect(screen).not.toContain(password)
  expect(claimsOf(screen.trim().split("\n").at(-1) ?? "")).toMatchObject({ aud: "service" })
  expect(code).toBe(0)
})

test.runIf(hasScript)("Ctrl-C at the question ends with 130", async () => {
  expect(await onTerminal("half\u{3}")).toMatchObject({ code: 130 })
})

test.runIf(hasScript)("--no-input never asks", async () => {
  const { screen, code } = await onTerminal("", ["--no-input"])
  expect(screen).not.toContain("Password for")
  expect(screen).toContain("[interaction_required]")
  expect(code).toBe(3)
})
