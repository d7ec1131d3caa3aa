import { execFileSync } from "node:child_process"
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startIssuer } from "@bearerkit/issuer"
import { startGate } from "@bearerkit/services"
import { expect, test } from "vitest"
import { runShell, startCommand, stateFolder } from "./support/command.ts"
import { password, secret, startTestIssuer } from "./support/issuer.ts"
import { said, signInAt } from "./support/person.ts"
import { startServer } from "./support/server.ts"
import { hasTerminal, runLineOnTerminal } from "./support/terminal.ts"

const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const

test.each(signals)("%s ends with %i and aborts the request", async (name, code) => {
  await using silent = await startServer(() => {})
  const running = startCommand(["token", "--issuer", silent.url, "--client-id", "x", "--flow", "client-credentials"])
  const request = await silent.request
  const aborted = once(request.socket, "close")
  running.process.kill(name)
  expect(await running.outcome).toEqual({ code, signal: null, stdout: "", stderr: "" })
  await aborted
})

test.each(signals)("%s gives back the lock of a login", async (name, code) => {
  await using gate = await startGate()
  await using issuer = await startIssuer({
    config: {
      issuer: gate.url,
      clients: [
        { id: "desktop", grants: ["authorization_code", "refresh_token"], redirectUris: ["http://127.0.0.1/callback"] },
      ],
      apis: [{ audience: "reports" }, { audience: "orders" }],
      connections: [{ name: "users", strategy: "database", users: [{ username: "alice", password }] }],
    },
  })
  gate.leadTo(issuer.port)
  await using state = await stateFolder()
  const env = { BEARERKIT_ISSUER: gate.url, BEARERKIT_CLIENT_ID: "desktop", ...state.env }
  const login = startCommand(["login", "--no-browser", "--audience", "reports"], { env })
  await signInAt(await said(login, /Open this address to sign in:\n(\S+)\n/))
  expect(await login.outcome).toMatchObject({ code: 0 })

  const asked = gate.shut()
  const running = startCommand(["token", "--audience", "orders", "--timeout", "5"], { env })
  await asked
  // the issuer's metadata are asked for before the lock
  expect(await holdersIn(state.path)).toHaveLength(0)
  gate.open()
  await gate.shut()
  expect(await holdersIn(state.path)).toHaveLength(1)
  running.process.kill(name)
  // a refresh token that is being spent is waited for, as long as the command may take
  expect(await running.outcome).toEqual({ code, signal: null, stdout: "", stderr: "" })
  expect(await holdersIn(state.path)).toEqual([])
})

/** Who has a turn at a lock: a turn that is over is an empty file. */
const holdersIn = async (path: string): Promise<ReadonlyArray<string>> => {
  const entries = await readdir(join(path, "bearerkit", "locks"), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const contents = await Promise.all(files.map((file) => readFile(file, "utf8")))
  return contents.filter((content) => content !== "")
}

test.runIf(hasTerminal).each(signals)("%s at a question gives the terminal back", async (name, code) => {
  let sent = false
  const { screen } = await runLineOnTerminal(
    // the shell that says how it was has to outlive the signal
    `sh -c 'echo process $$; exec "$NODE" "$MAIN" token --flow password --username alice'; echo "code $?"; stty -a`,
    {
      env: { BEARERKIT_ISSUER: "https://issuer.example", BEARERKIT_CLIENT_ID: "service" },
      onScreen: (text) => {
        if (sent || !text.includes("Password for")) return undefined
        sent = true
        process.kill(Number(/process (\d+)/.exec(text)?.[1]), name)
        return undefined
      },
    },
  )
  expect(screen).toContain(`code ${code}\r\n`)
  expect(screen).toMatch(/ icanon[\s\S]* echo /)
})

test.runIf(process.platform === "linux")("Ctrl-C ends the wait for a pipe into which nothing is written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bearerkit-cli-"))
  const pipe = join(folder, "pipe")
  execFileSync("mkfifo", [pipe])
  const running = startCommand(["token", "--issuer", "https://issuer.example", "--client-id", "service"], {
    env: { BEARERKIT_CLIENT_SECRET_FILE: pipe },
  })
  // opens only once the other end is open
  const writer = await open(pipe, "w")
  running.process.kill("SIGINT")
  expect(await running.outcome).toEqual({ code: 130, signal: null, stdout: "", stderr: "" })
  await writer.close()
  await rm(folder, { recursive: true })
})

test("a reader that goes away is no crash", async () => {
  await using fixture = await startTestIssuer()
  const env = {
    BEARERKIT_ISSUER: fixture.issuer.url,
    BEARERKIT_CLIENT_ID: "service",
    BEARERKIT_CLIENT_SECRET: secret,
  }
  for (const line of ["bearerkit token --audience reports | head -n 0", "bearerkit token --help | head -n 1"]) {
    expect(await runShell(line, { env })).toMatchObject({ code: 0, stderr: "" })
  }
})
