import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { once } from "node:events"
import { expect, test } from "vitest"
import { base, type Outcome, runCommand, startCommand } from "./support/command.ts"

const config = {
  clients: [{ id: "svc", secret: "a secret of at least thirty-two bytes", grants: ["client_credentials"] }],
  apis: [{ audience: "https://api.example" }],
}

test("starts the issuer whose package is there, and stops it on Ctrl-C", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bearerkit-issuer-"))
  const file = join(folder, "issuer.json")
  await writeFile(file, JSON.stringify(config))
  const running = startCommand(["issuer", "--config", file, "--port", "0"])
  let url: string | undefined
  let said = ""
  while (url === undefined) {
    const [chunk]: Array<unknown> = await once(running.process.stdout, "data")
    url = /http:\/\/127\.0\.0\.1:\d+/.exec((said += String(chunk)))?.[0]
  }
  expect((await fetch(`${url}/.well-known/openid-configuration`)).status).toBe(200)
  running.process.kill("SIGINT")
  expect(await running.outcome).toMatchObject({ code: 130 })
  await expect(fetch(url)).rejects.toThrow("fetch failed")
  await rm(folder, { recursive: true })
})

test("without a configuration it shows one to begin with; a wrong one is an error", async () => {
  expect(await runCommand(["issuer"])).toMatchObject({ code: 0, stdout: expect.stringContaining("issuer.json") })
  const { code, stderr } = await runCommand(["issuer", "--config", "/nowhere.json"])
  expect(stderr).toMatch(/there is no such file[\s\S]*\[invalid_options\]/)
  expect(code).toBe(7)
})

test("without its package it says how to get it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bearerkit-no-issuer-"))
  try {
    await installWithoutIssuer(folder)
    const { code, stdout, stderr } = await runAt(folder, ["issuer"])
    expect(stderr).toMatch(/@bearerkit\/issuer is not installed.*\[issuer_missing\]\nfix: .*npm install/)
    expect({ code, stdout }).toEqual({ code: 7, stdout: "" })
  } finally {
    await rm(folder, { recursive: true })
  }
})

const packageFolder = fileURLToPath(new URL("..", import.meta.url))

/** The command with what it needs to run, and nothing more. */
const installWithoutIssuer = async (folder: string): Promise<void> => {
  await mkdir(join(folder, "node_modules/@bearerkit"), { recursive: true })
  for (const name of ["@bearerkit/core", "@bearerkit/node", "@effect", "effect"]) {
    await symlink(join(packageFolder, "node_modules", name), join(folder, "node_modules", name))
  }
  for (const name of ["package.json", "src"]) {
    await cp(join(packageFolder, name), join(folder, name), { recursive: true })
  }
}

const runAt = (cwd: string, args: ReadonlyArray<string>): Promise<Omit<Outcome, "signal">> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["src/main.ts", ...args], { cwd, env: base }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
