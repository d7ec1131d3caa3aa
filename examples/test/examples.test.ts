import { spawn } from "node:child_process"
import { createPrivateKey, generateKeyPairSync } from "node:crypto"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { SignJWT } from "jose"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Person } from "@bearerkit/services"
import { bob } from "../../packages/core/test/foreign/registry.ts"
import { startForeignServer } from "../../packages/core/test/foreign/server.ts"
import { noteMinted } from "../../scripts/leaks/note.ts"

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
        { id: "old", secret, grants: ["oauth-ro", "delegation"] },
        { id: "target", secret, grants: ["delegation"] },
        { id: "trading", secret, grants: ["password", "token-exchange", "jwt-bearer"], api: "https://portal.example" },
        { id: "job", grants: ["jwt-bearer"] },
        { id: "tv", grants: ["device-code", "refresh_token"] },
        { id: "desktop", grants: ["authorization_code", "refresh_token"], redirectUris: ["http://127.0.0.1/callback"] },
        { id: "page", grants: ["implicit"], redirectUris: ["http://127.0.0.1:5555/callback"] },
      ],
      apis: [
        { audience, scopes: ["read", "write"] },
        { audience: "https://portal.example", scopes: ["use"] },
      ],
      deviceFlow: { interval: 1 },
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
  "authorization-code": "desktop",
  "client-credentials": "secretive",
  delegation: "old",
  "bridge/effect-http": "secretive",
  "bridge/effect-persistence": "secretive",
  "bridge/effect-schema": "secretive",
  "device-code": "tv",
  "first-of": "secretive",
  implicit: "page",
  "private-key-jwt": "signing",
  "jwt-bearer": "signing",
  "on-behalf-of": "trading",
  password: "secretive",
  "oauth-ro": "old",
  "oauth-ro-assertion": "old",
  "refresh-token": "tv",
  supplied: "secretive",
  "token-exchange": "trading",
  "workload-identity": "job",
}

/** What a program needs that others give it. */
const given: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
  delegation: async () => ({ ID_TOKEN: await idToken(), TARGET: "target" }),
  "oauth-ro-assertion": async () => ({ ID_TOKEN_FILE: await written("id-token", await idToken()) }),
  "on-behalf-of": async () => ({ SUBJECT_TOKEN: await portalToken() }),
  "refresh-token": async () => ({ STATE: join(keys, "state") }),
  supplied: async () => ({ TOKEN_FILE: await written("supplied", await serviceToken()) }),
  "token-exchange": async () => ({ SUBJECT_TOKEN: await portalToken() }),
  "workload-identity": async () => {
    const assertion = new SignJWT().setProtectedHeader({ alg: "ES256" }).setIssuer("https://machines.example")
    const about = assertion.setSubject("system:serviceaccount:shop:reporter").setAudience(issuer.url)
    const token = about.setIssuedAt().setExpirationTime("10 minutes").sign(createPrivateKey(privateKey))
    return { TOKEN_FILE: await written("projected", await token) }
  },
}

const written = async (name: string, text: string): Promise<string> => {
  await writeFile(join(keys, name), text, { mode: 0o600 })
  return join(keys, name)
}

const ask = async (path: string, params: Record<string, string>): Promise<Record<string, string>> => {
  const body = new URLSearchParams({ ...login, client_secret: secret, ...params })
  return (await fetch(`${issuer.url}${path}`, { method: "POST", body })).json() as Promise<Record<string, string>>
}
const idToken = async (): Promise<string> => {
  const asked = { client_id: "old", grant_type: "password", connection: "users", scope: "openid" }
  return (await ask("/oauth/ro", asked))["id_token"] ?? ""
}
const basic = (client: string) => ({ authorization: `Basic ${btoa(`${client}:${encodeURIComponent(secret)}`)}` })
const token = async (client: string, params: Record<string, string>): Promise<string> => {
  const init = { method: "POST", headers: basic(client), body: new URLSearchParams(params) }
  const answer = (await (await fetch(`${issuer.url}/token`, init)).json()) as Record<string, string>
  return answer["access_token"] ?? ""
}
const serviceToken = () => token("secretive", { grant_type: "client_credentials", audience, scope: "read" })
const portalToken = () =>
  token("trading", { ...login, grant_type: "password", audience: "https://portal.example", scope: "use" })

/** What a person does about what a program says to them; what they give back to it. */
const help = async (said: string): Promise<string | undefined> => {
  const [, page, code] = /Open (\S+) and enter (\S+)/.exec(said) ?? []
  if (page !== undefined) {
    // it ends at a page of the issuer
    await new Person(login).visit(`${page}?user_code=${code}`).catch(() => undefined)
    return undefined
  }
  const address = /^Open this address.*\n(http\S+)\n/m.exec(said)?.[1]
  if (address === undefined) return undefined
  const back = String(await new Person(login).visit(address))
  if (back.includes("#")) return back
  const closing = await fetch(back)
  assert.strictEqual(closing.status, 200)
  return undefined
}

const run = (file: string, env: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--disable-warning=BearerKitWarning", join(folder, file)], { env })
    let printed = ""
    let said = ""
    let helped = false
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text
      if (helped || !/Open .*\n/.test(said) || said.endsWith(":\n")) return
      helped = true
      help(said).then((line) => child.stdin.end(line === undefined ? "" : `${line}\n`), reject)
    })
    child.once("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(said))))
  })

/** Gets credentials of another kind than a token of an API. */
const withoutApi = "delegation-credentials.ts"

describe("every example", async () => {
  const programsIn = async (place: string) =>
    (await readdir(join(folder, place))).filter((file) => file.endsWith(".ts")).map((file) => join(place, file))
  const flows = await programsIn("")
  const bridges = await programsIn("bridge")

  for (const file of [...flows.filter((each) => each !== withoutApi), ...bridges]) {
    const name = file.replace(".ts", "")
    it(`${file} gets its token and calls the API`, { timeout: 30_000 }, async () => {
      const requests = issuer.countGrants("client_credentials")
      const printed = await run(file, {
        // nothing that could open a browser
        PATH: keys,
        ISSUER: issuer.url,
        CLIENT_ID: clientOf[name] ?? "",
        CLIENT_SECRET: secret,
        PRIVATE_KEY_FILE: join(keys, "key.pem"),
        USERNAME: login.username,
        PASSWORD: login.password,
        API: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
        AUDIENCE: audience,
        ...(await given[name]?.()),
      })
      const claims = JSON.parse(printed.replace(/^200 /, "")) as Record<string, unknown>
      assert.strictEqual(claims["iss"], issuer.url)
      assert.isTrue(issuer.audit.some(({ jti }) => jti === claims["jti"]))
      if (bridges.includes(file)) assert.strictEqual(issuer.countGrants("client_credentials") - requests, 1)
    })
  }

  it(`${withoutApi} gets its credentials, from a server with add-ons`, { timeout: 30_000 }, async () => {
    const tenant = await startForeignServer()
    noteMinted(tenant.minted)
    const form = { ...bob, client_id: "spa", grant_type: "password", scope: "openid" }
    const answer = await fetch(`${tenant.url}oauth/ro`, { method: "POST", body: new URLSearchParams(form) })
    const { id_token: idToken = "" } = (await answer.json()) as Record<string, string>
    const printed = await run(withoutApi, { ISSUER: tenant.url, CLIENT_ID: "spa", ID_TOKEN: idToken })
    await tenant.close()
    assert.strictEqual(printed, "ASIAFOREIGNEXAMPLE arn:aws:sts::1:assumed-role/reader/bob 2030-01-02T03:04:05.000Z\n")
  })

  it.each([
    ["docs/flows.md", flows],
    ["packages/core/README.md", bridges],
  ])("is linked from %s", async (page, programs) => {
    const text = await readFile(new URL(`../../${page}`, import.meta.url), "utf8")
    for (const file of programs) assert.include(text, `examples/src/${file}`)
  })
})
