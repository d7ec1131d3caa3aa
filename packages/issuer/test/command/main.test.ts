import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { watched } from "../../../../scripts/leaks/watched.ts"
import { start } from "../support/issuer.ts"

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url))
let folder = ""

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-issuer-"))
})
afterAll(() => rm(folder, { recursive: true }))

const launch = (args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...watched() } })

const run = async (...args: ReadonlyArray<string>) => {
  const child = launch(args)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "exit")])
  return { stdout, stderr, code: code as number }
}

const file = async (name: string, content: string): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** Starts the command, waits for its addresses, asks it something, and ends it. */
const serve = async (
  args: ReadonlyArray<string>,
  use: (url: string) => Promise<void>,
  signal: NodeJS.Signals = "SIGINT",
): Promise<number> => {
  const child = launch(args)
  let printed = ""
  for await (const chunk of child.stdout!) {
    printed += String(chunk)
    if (printed.includes("Stop with Ctrl-C.")) break
  }
  await use(/^issuer +(\S+)$/m.exec(printed)?.[1] ?? "")
  child.kill(signal)
  const [code] = (await once(child, "exit")) as [number]
  return code
}

test("the sample of --help runs as it is, and Ctrl-C ends it", async () => {
  const { stdout, code } = await run("--help")
  expect(code).toBe(0)
  const sample = await file("issuer.json", stdout.slice(stdout.indexOf("\n{")))
  const ended = await serve(["--config", sample, "--port", "0"], async (url) => {
    const form = { client_id: "service", client_secret: "change-me-to-at-least-32-bytes-0123456789" }
    const body = new URLSearchParams({
      ...form,
      grant_type: "client_credentials",
      audience: "https://api.example/orders",
    })
    expect((await fetch(`${url}/token`, { method: "POST", body })).status).toBe(200)
  })
  expect(ended).toBe(0)
})

test.each(["SIGTERM", "SIGHUP"] as const)("%s ends it too", async (signal) => {
  const config = await file(
    "ended.json",
    `{ "clients": [{ "id": "a", "secret": "${"s".repeat(40)}", "grants": ["client_credentials"] }] }`,
  )
  expect(await serve(["--config", config, "--port", "0"], async () => {}, signal)).toBe(0)
})

test("a TypeScript module is a configuration too", async () => {
  const client = `{ id: "a", secret: "s".repeat(40), grants: ["client_credentials"] }`
  const module = await file("issuer.ts", `export default { clients: [${client}] } satisfies object\n`)
  const ended = await serve(["--config", module, "--port", "0"], async (url) => {
    expect((await fetch(`${url}/.well-known/openid-configuration`)).status).toBe(200)
  })
  expect(ended).toBe(0)
})

test("--version is that of the package", async () => {
  expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+/)
})

describe("says what is wrong", () => {
  test("without --config: with a sample, exit code 2", async () => {
    const { stderr, stdout, code } = await run()
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toContain('"grants": ["client_credentials"')
  })

  test.each([
    [["--prot", "1"]],
    [["--config", "x.json", "--port", "http"]],
    [["--config", "x.json", "--port", "70000"]],
  ])("wrong use %j, exit code 2", async (args) => {
    expect((await run(...args)).code).toBe(2)
  })

  test("a wrong field, exit code 7, without the secret", async () => {
    const bad = await file("bad.json", '{"clients":[{"id":"a","secret":"tiny-secret","grants":["oauth-ro"]}]}')
    const { stderr, code } = await run("--config", bad)
    expect(code).toBe(7)
    expect(stderr).toMatch(/^bearerkit-issuer: configuration: clients\[0\]\.secret has 11 bytes/)
    expect(stderr).not.toContain("tiny-secret")
  })

  test("a file that is not there, no JSON, or no module, exit code 7", async () => {
    const broken = await file("broken.json", '{"clients":[{"secret":"tiny-secret"')
    const empty = await file("empty.mjs", "export const nothing = 1\n")
    const [missing, syntax, nothing, kind] = await Promise.all([
      run("--config", join(folder, "missing.json")),
      run("--config", broken),
      run("--config", empty),
      run("--config", "issuer.yaml"),
    ])
    expect([missing.code, syntax.code, nothing.code, kind.code]).toEqual([7, 7, 7, 7])
    expect(missing.stderr).toContain(`configuration: --config ${join(folder, "missing.json")}: there is no such file\n`)
    expect(syntax.stderr).toContain(`configuration: --config ${broken}:1 is not valid JSON\n`)
    expect(nothing.stderr).toContain(`configuration: --config ${empty} has no default export\n`)
  })

  test.each([
    [
      "syntax.mjs",
      'export default {\n  clients: [{ secret: "tiny" secret"] }\n',
      ":2 cannot be imported: SyntaxError: ",
    ],
    ["types.ts", 'const a = 1\nconst b: = "tiny-secret"\n', ":2 cannot be imported: ERR_INVALID_TYPESCRIPT_SYNTAX"],
    ["name.mjs", "\n\nexport default nothing\n", ":3 cannot be imported: ReferenceError: nothing is not defined"],
    ["export.mjs", 'import { no } from "node:fs"\n', ":1 cannot be imported: SyntaxError: The requested module"],
    ["package.mjs", 'import "no-such-package"\n', " cannot be imported: Error: Cannot find package 'no-such-package'"],
    ["read.mjs", "JSON.parse('\"tiny-secret')\n", ":1 cannot be imported: SyntaxError: "],
    ["parse.mjs", "JSON.parse('tiny-secret')\n", ":1 cannot be imported: SyntaxError: Unexpected token"],
    ["thrown.mjs", 'throw "tiny-secret"\n', " cannot be imported: unknown reason"],
  ])("a module that is broken: path, line and reason, without the secret: %s", async (name, content, reason) => {
    const path = await file(name, content)
    const { stderr, code } = await run("--config", path)
    expect(code).toBe(7)
    expect(stderr).toContain(`bearerkit-issuer: configuration: --config ${path}${reason}`)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stderr).not.toContain("secret")
  })

  test("a broken module behind a link", async () => {
    const link = join(folder, "link.mjs")
    await symlink(await file("linked.mjs", "\nexport default nothing\n"), link)
    expect((await run("--config", link)).stderr).toContain(`--config ${link}:2 cannot be imported: ReferenceError`)
  })

  test("a module that is not there, and a folder", async () => {
    const path = join(folder, "gone.mjs")
    expect((await run("--config", path)).stderr).toContain(`--config ${path}: there is no such file\n`)
    const at = join(folder, "folder.json")
    await mkdir(at)
    expect((await run("--config", at)).stderr).toContain(`--config ${at} cannot be read: EISDIR`)
  })

  test("a port in use, exit code 6; another address than loopback, a warning", async () => {
    await using issuer = await start()
    const good = await file("good.json", JSON.stringify({ clients: [{ id: "a", grants: ["jwt-bearer"] }] }))
    const { stderr, code } = await run("--config", good, "--port", String(issuer.port), "--host", "0.0.0.0")
    expect(code).toBe(6)
    expect(stderr).toContain("warning: 0.0.0.0 is not a loopback address")
    expect(stderr).toContain(`port ${issuer.port} on 0.0.0.0 is in use`)
  })
})
