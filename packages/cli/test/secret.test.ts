import { readdir, readFile, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runCommand, runShell, startCommand } from "./support/command.ts"
import { password, secret, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { startServer } from "./support/server.ts"

let fixture: TestIssuer
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  fixture = await startTestIssuer()
  folder = await mkdtemp(join(tmpdir(), "bearerkit-cli-"))
  env = { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_AUDIENCE: "reports" }
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, content, { mode: 0o600 })
  return path
}

describe("where a secret comes from", () => {
  test.each([
    ["a file", secret],
    ["a file with a line break at its end", `${secret}\n`],
    ["a file from Windows", `\u{feff}${secret}\r\n`],
  ])("%s", async (_, content) => {
    const args = ["token", "--client-secret-file", await file("secret", content)]
    expect(await runCommand(args, { env })).toMatchObject({ code: 0, stderr: "" })
  })

  test("stdin", async () => {
    const args = ["token", "--client-secret-file", "-"]
    expect(await runCommand(args, { env, stdin: `${secret}\n` })).toMatchObject({ code: 0, stderr: "" })
  })

  test("a pipe of the shell", async () => {
    const line = `bearerkit token --client-secret-file <(echo "$SECRET")`
    expect(await runShell(line, { env: { ...env, SECRET: secret } })).toMatchObject({ code: 0, stderr: "" })
  })

  test("the file wins over the environment", async () => {
    const args = ["token", "--client-secret-file", await file("right", secret)]
    expect(await runCommand(args, { env: { ...env, BEARERKIT_CLIENT_SECRET: "wrong" } })).toMatchObject({ code: 0 })
  })

  test("a password file and a key file, as PEM or JWK", async () => {
    const passwordArgs = ["token", "--flow", "password", "--username", "alice", "--quiet"]
    const passwordFile = await file("password", `${password}\n`)
    const withSecret = { ...env, BEARERKIT_CLIENT_SECRET: secret }
    expect(await runCommand([...passwordArgs, "--password-file", passwordFile], { env: withSecret })).toMatchObject({
      code: 0,
      stderr: "",
    })
    for (const key of [await file("pem", fixture.pem), await file("jwk", fixture.jwk)]) {
      const args = ["token", "--client-id", "robot", "--private-key-file", key]
      expect(await runCommand(args, { env })).toMatchObject({ code: 0, stderr: "" })
    }
  })
})

describe("a secret that is not usable says why and not what it is", () => {
  test.each([
    ["empty", "\n", /is empty/],
    ["two lines", `${secret}\nmore`, /more than one line/],
    ["too large", "x".repeat(70_000), /more than 64 kB/],
    ["not UTF-8", Uint8Array.of(0xff, 0xfe, 0x41), /not UTF-8/],
  ])("%s", async (name, content, problem) => {
    const args = ["token", "--client-secret-file", await file(name, content)]
    const { code, stdout, stderr } = await runCommand(args, { env })
    expect(stderr).toMatch(problem)
    expect(stderr).toMatch(/\[secret_unusable\]\nfix: .*BEARERKIT_CLIENT_SECRET/)
    expect(stderr).not.toContain(secret)
    expect({ code, stdout }).toEqual({ code: 7, stdout: "" })
  })

  test("a missing file, whose name could be the secret", async () => {
    const { code, stderr } = await runCommand(["token", "--client-secret-file", secret], { env })
    expect(stderr).toMatch(/ENOENT.*\[secret_unusable\]/)
    expect(stderr).not.toContain(secret)
    expect(code).toBe(7)
  })

  test("two secrets from one stdin", async () => {
    const args = ["token", "--client-secret-file", "-", "--password-file", "-"]
    const { code, stderr } = await runCommand(args, { env, stdin: secret })
    expect(stderr).toMatch(/--client-secret-file and --password-file.*\[usage\]/)
    expect(code).toBe(2)
  })

  test("a JWK that is none", async () => {
    const args = ["token", "--private-key-file", await file("not-a-jwk", `{"d":"${secret}"`)]
    const { code, stderr } = await runCommand(args, { env })
    expect(stderr).toMatch(/JWK.*\[secret_unusable\]/)
    expect(stderr).not.toContain(secret)
    expect(code).toBe(7)
  })
})

describe("secrets among the arguments", () => {
  test.each([
    [["--client-secret", "hunter2"], "BEARERKIT_CLIENT_SECRET", "--client-secret-file"],
    [["--client-secret=hunter2"], "BEARERKIT_CLIENT_SECRET", "--client-secret-file"],
    [["--password", "hunter2"], "BEARERKIT_PASSWORD", "--password-file"],
    [["--password=hunter2"], "BEARERKIT_PASSWORD", "--password-file"],
    [["--private_key", "hunter2"], "BEARERKIT_PRIVATE_KEY", "--private-key-file"],
  ])("%j is refused with the safe ways", async (args, variable, option) => {
    const { code, stdout, stderr } = await runCommand(["token", ...args], { env })
    expect(stderr).toContain("[secret_in_arguments]")
    expect(stderr).toContain(variable)
    expect(stderr).toContain(option)
    expect(stderr).not.toContain("hunter2")
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  })

  test.each([
    ["token", "hunter2"],
    ["token", "--pasword", "hunter2"],
    ["token", "--pasword=hunter2"],
    ["token", "--flow", "hunter2"],
    ["token", "--timeout", "hunter2"],
    ["token", "--json=hunter2"],
    ["hunter2"],
  ])("a secret in a wrong place is not repeated: %s %s", async (...args) => {
    const { code, stdout, stderr } = await runCommand(args, { env })
    expect(stderr).toContain("[usage]")
    expect(stderr).not.toContain("hunter2")
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  })
})

test.runIf(process.platform === "linux")("no secret is in any process's command line", async () => {
  await using silent = await startServer(() => {})
  const running = startCommand(["token", "--client-secret-file", "-"], {
    env: { ...env, BEARERKIT_ISSUER: silent.url },
  })
  running.process.stdin.end(secret)
  await silent.request
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name))
  expect(pids).toContain(String(running.process.pid))
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")
    expect(line).not.toContain(secret)
  }
  running.process.kill("SIGINT")
  await running.outcome
})
