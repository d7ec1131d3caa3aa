import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { once } from "node:events"
import { expect, test } from "vitest"
import { runCommand, startCommand } from "./support/command.ts"

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
