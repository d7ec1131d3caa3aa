import { execFileSync } from "node:child_process"
import { mkdtemp, open, rm } from "node:fs/promises"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { runShell, startCommand } from "./support/command.ts"
import { secret, startTestIssuer } from "./support/issuer.ts"
import { startServer } from "./support/server.ts"

test("Ctrl-C ends with 130 and aborts the request", async () => {
  await using silent = await startServer(() => {})
  const running = startCommand(["token", "--issuer", silent.url, "--client-id", "x", "--flow", "client-credentials"])
  const request = await silent.request
  const aborted = once(request.socket, "close")
  running.process.kill("SIGINT")
  expect(await running.outcome).toEqual({ code: 130, signal: null, stdout: "", stderr: "" })
  await aborted
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
