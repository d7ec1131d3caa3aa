import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { secretFor } from "./registry.ts"
import { type ForeignServer, startForeignServer } from "./server.ts"

let server: ForeignServer
beforeAll(async () => {
  server = await startForeignServer()
})
afterAll(() => server.close())

const folder = fileURLToPath(new URL(".", import.meta.url))
const form = { "content-type": "application/x-www-form-urlencoded" }
const basic = (id: string, secret = secretFor(id)) =>
  `Basic ${btoa([id, secret].map((part) => encodeURIComponent(part).replace(/[!'()~]/g, escape)).join(":"))}`
const authorization = basic("web app")
const credentials = "grant_type=client_credentials&audience=https://billing.example/"
const exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&audience=https://billing.example/"

interface Attempt {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

describe("the foreign server", () => {
  it("imports nothing but node and jose", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    assert.isAbove(files.length, 5)
    for (const file of files) {
      const imports = readFileSync(`${folder}/${file}`, "utf8").matchAll(/from "([^"]+)"/g)
      for (const [, from = ""] of imports) assert.match(from, /^(node:|jose$|\.\/)/, file)
    }
  })

  const rows: ReadonlyArray<readonly [name: string, attempt: Attempt, status: number, error: string | undefined]> = [
    ["a right request", { body: credentials }, 200, undefined],
    ["GET", { method: "GET" }, 405, "invalid_request"],
    ["parameters in the URL", { path: "/token?client_id=spa", body: credentials }, 400, "invalid_request"],
    ["JSON", { headers: { authorization, "content-type": "application/json" }, body: "{}" }, 400, "invalid_request"],
    ["a parameter twice", { body: `${credentials}&grant_type=password` }, 400, "invalid_request"],
    ["two ways to authenticate", { body: `${credentials}&client_secret=x` }, 400, "invalid_request"],
    ["another client_id", { body: `${credentials}&client_id=gateway` }, 400, "invalid_request"],
    ["no grant_type", { body: "audience=x" }, 400, "invalid_request"],
    ["an unknown grant", { body: "grant_type=magic" }, 400, "unsupported_grant_type"],
    [
      "a grant not registered",
      { headers: { ...form, authorization: basic("tied") }, body: exchange },
      400,
      "unauthorized_client",
    ],
    [
      "a wrong secret",
      { headers: { ...form, authorization: basic("web app", "no") }, body: credentials },
      401,
      "invalid_client",
    ],
    [
      "a secret that is not form-encoded",
      { headers: { ...form, authorization: `Basic ${btoa(`web app:${secretFor("web app")}`)}` }, body: credentials },
      401,
      "invalid_client",
    ],
    [
      "a fragment in the resource",
      { body: "grant_type=client_credentials&resource=https://billing.example/%23a" },
      400,
      "invalid_target",
    ],
    ["two spaces in the scope", { body: `${credentials}&scope=read++write` }, 400, "invalid_scope"],
    [
      "an actor type without actor",
      { body: `${exchange}&subject_token=x&subject_token_type=y&actor_token_type=z` },
      400,
      "invalid_request",
    ],
  ]
  for (const [name, { path = "/token", method = "POST", headers, body }, status, error] of rows) {
    it(`answers ${status} to ${name}`, async () => {
      const init = { method, headers: headers ?? { ...form, authorization }, ...(body !== undefined && { body }) }
      const response = await fetch(`${server.url.slice(0, -1)}${path}`, init)
      assert.strictEqual(response.status, status)
      assert.strictEqual(response.headers.get("cache-control"), "no-store")
      assert.strictEqual(((await response.json()) as Record<string, unknown>)["error"], error)
    })
  }
})
