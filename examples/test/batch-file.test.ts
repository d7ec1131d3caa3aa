import { execFile } from "node:child_process"
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { isCurlAvailable } from "@bearerkit/services"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const script = fileURLToPath(new URL("../batch-file.sh", import.meta.url))
const password = "a password with & and ü"

let issuer: Issuer
let api: Server
let folder: string
let passwordFile: string

beforeAll(async () => {
  issuer = await startIssuer({
    config: {
      clients: [{ id: "batch", secret: "the secret that signs its ID tokens", grants: ["oauth-ro"] }],
      connections: [{ name: "people", strategy: "database", users: [{ username: "robot", password }] }],
    },
  })
  api = createServer((request, response) => {
    const [, claims = ""] = (request.headers.authorization ?? "").split(".")
    response.end(Buffer.from(claims, "base64url"))
  })
  await new Promise<void>((listening) => api.listen(0, "127.0.0.1", listening))
  folder = await mkdtemp(join(tmpdir(), "bearerkit-batch-"))
  passwordFile = join(folder, "password")
  await writeFile(passwordFile, password, { mode: 0o600 })
})
afterAll(async () => {
  await issuer.close()
  api.closeAllConnections()
  await new Promise((closed) => api.close(closed))
  await rm(folder, { recursive: true })
})

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (env: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const variables = {
      PATH: process.env["PATH"] ?? "",
      ISSUER: issuer.url,
      CLIENT_ID: "batch",
      CONNECTION: "people",
      USERNAME: "robot",
      PASSWORD_FILE: passwordFile,
      API: `http://localhost:${(api.address() as AddressInfo).port}/orders`,
      ...env,
    }
    execFile("/bin/sh", [script], { env: variables }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

const refused = (sentence: string): Outcome => ({ code: 1, stdout: "", stderr: `batch-file: ${sentence}\n` })

describe.runIf(isCurlAvailable().available)("batch-file.sh", () => {
  it("signs in with nobody present and calls the API", async () => {
    const { code, stdout, stderr } = await run()
    assert.strictEqual(stderr, "")
    assert.deepInclude(JSON.parse(stdout), { iss: issuer.url, aud: "batch" })
    assert.strictEqual(code, 0)
  })

  it("says why the issuer refuses", async () => {
    assert.deepStrictEqual(await run({ USERNAME: "nobody" }), refused("the issuer refused: invalid_user_password"))
  })

  it("refuses a password file that others can read, before it is sent anywhere", async () => {
    const before = issuer.countRequests("/oauth/ro")
    for (const mode of [0o640, 0o604, 0o660, 0o602]) {
      await chmod(passwordFile, mode)
      assert.deepStrictEqual(await run(), refused(`others can read ${passwordFile}: chmod 600 it`), mode.toString(8))
    }
    await chmod(passwordFile, 0o600)
    assert.strictEqual(issuer.countRequests("/oauth/ro"), before)
  })

  it("refuses an address where anybody on the way could read", async () => {
    const sentence = "use https: only localhost may be http"
    for (const url of ["http://issuer.example", "http://localhost.example", "http://127.0.0.1.example/", "ftp://a"]) {
      assert.deepStrictEqual(await run({ ISSUER: url }), refused(sentence), url)
      assert.deepStrictEqual(await run({ API: url }), refused(sentence), url)
    }
    const hidden = "http://localhost:80@issuer.example"
    assert.deepStrictEqual(await run({ ISSUER: hidden }), refused("an address has no user name in it"))
  })

  it("names the variable that is missing", async () => {
    assert.deepStrictEqual(await run({ CONNECTION: "" }), refused("set CONNECTION"))
  })
})
