import { execFile } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const run = promisify(execFile)
const folder = fileURLToPath(new URL("../src", import.meta.url))
const audience = "https://orders.example"
const secret = "the secret of the examples' clients"
const login = { username: "ada", password: "correct horse" }
const { privateKey, publicKey } = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
})

let issuer: Issuer
let api: Server
let keys: string

beforeAll(async () => {
  issuer = await startIssuer({
    config: {
      clients: [
        { id: "secretive", secret, grants: ["client_credentials", "password-realm"] },
        { id: "signing", publicKey, grants: ["client_credentials", "jwt-bearer"] },
        { id: "old", secret, grants: ["oauth-ro"] },
      ],
      apis: [{ audience, scopes: ["read"] }],
      connections: [{ name: "users", strategy: "database", users: [login] }],
      trustedAssertionIssuers: [{ issuer: "https://machines.example", publicKey }],
    },
  })
  api = createServer((request, response) => response.end(payloadOf(request.headers.authorization)))
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve))
  keys = await mkdtemp(join(tmpdir(), "bearerkit-examples-"))
  await writeFile(join(keys, "key.pem"), privateKey, { mode: 0o600 })
})
afterAll(async () => {
  await issuer.close()
  api.close()
  await rm(keys, { recursive: true })
})

const payloadOf = (authorization = ""): string => Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString()

const clientOf: Readonly<Record<string, string>> = {
  "client-credentials": "secretive",
  "private-key-jwt": "signing",
  "jwt-bearer": "signing",
  password: "secretive",
  "oauth-ro": "old",
}

describe("every example", async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts"))

  for (const file of files) {
    const name = file.replace(".ts", "")
    it(`${file} gets its token and calls the API`, async () => {
      const { stdout } = await run(process.execPath, ["--disable-warning=BearerKitWarning", join(folder, file)], {
        env: {
          ISSUER: issuer.url,
          CLIENT_ID: clientOf[name],
          CLIENT_SECRET: secret,
          PRIVATE_KEY_FILE: join(keys, "key.pem"),
          USERNAME: login.username,
          PASSWORD: login.password,
          API: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
          AUDIENCE: audience,
        },
      })
      const claims = JSON.parse(stdout.replace(/^200 /, "")) as Record<string, unknown>
      assert.strictEqual(claims["iss"], issuer.url)
      assert.isTrue(issuer.audit.some(({ jti }) => jti === claims["jti"]))
    })
  }

  it("has a row in docs/flows.md", async () => {
    const flows = await readFile(new URL("../../docs/flows.md", import.meta.url), "utf8")
    for (const file of files) assert.include(flows, `examples/src/${file}`)
  })
})
