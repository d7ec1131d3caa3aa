import type { IncomingMessage, ServerResponse } from "node:http"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Finding } from "../src/doctor/finding.ts"
import { runCommand } from "./support/command.ts"
import { secret, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { startServer } from "./support/server.ts"

let fixture: TestIssuer
let env: Record<string, string>
beforeAll(async () => {
  fixture = await startTestIssuer()
  env = { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_CLIENT_SECRET: secret }
})
afterAll(() => fixture[Symbol.asyncDispose]())

interface Examined {
  readonly code: number | null
  /** `check state`, in order. */
  readonly states: ReadonlyArray<string>
  readonly of: (check: string) => Finding | undefined
}

const examine = async (args: ReadonlyArray<string>, more: Record<string, string> = {}): Promise<Examined> => {
  const { code, stdout } = await runCommand(["doctor", "--json", "--timeout", "5", ...args], {
    env: { ...env, ...more },
  })
  const { checks }: { readonly checks: ReadonlyArray<Finding> } = JSON.parse(stdout)
  return {
    code,
    states: checks.map(({ check, state }) => `${check} ${state}`),
    of: (name) => checks.find(({ check, state }) => check === name && state !== "ok"),
  }
}

describe("an issuer that is well", () => {
  test("of a service account", async () => {
    const { code, states } = await examine([])
    expect(states).toEqual([
      "issuer ok",
      "metadata ok",
      "clock ok",
      "keys ok",
      "client authentication ok",
      "redirect URI skip",
      "CORS skip",
    ])
    expect(code).toBe(0)
    expect(fixture.issuer.audit).toEqual([])
  })

  test("of a native app, whose redirect URI holds for any port", async () => {
    const { code, states } = await examine(["--client-id", "desktop"], { BEARERKIT_CLIENT_SECRET: "" })
    expect(states).toContain("redirect URI ok")
    expect(states).toContain("client authentication ok")
    expect(code).toBe(0)
  })

  test("as lines, one a finding, where programs read", async () => {
    const { stdout } = await runCommand(["doctor"], { env })
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toEqual([
      ..."ok ".repeat(5).trim().split(" "),
      "skip",
      "skip",
      "",
    ])
  })
})

describe("what the client has wrong", () => {
  test("its secret", async () => {
    const { code, of } = await examine([], { BEARERKIT_CLIENT_SECRET: "wrong-secret" })
    expect(of("client authentication")).toMatchObject({
      state: "fail",
      what: "The issuer does not take this client with client_secret_basic.",
      fix: expect.stringContaining("--client-auth"),
    })
    expect(code).toBe(7)
  })

  test("its method", async () => {
    expect((await examine(["--client-auth", "client_secret_jwt"])).of("client authentication")).toMatchObject({
      state: "fail",
    })
  })

  test("its redirect URI", async () => {
    const { of, code } = await examine(["--client-id", "desktop", "--redirect-uri", "https://elsewhere.example/"], {
      BEARERKIT_CLIENT_SECRET: "",
    })
    expect(of("redirect URI")).toMatchObject({
      state: "fail",
      what: "The issuer refuses https://elsewhere.example/ for this client (status 400).",
    })
    expect(code).toBe(7)
  })
})

test("an issuer by another name", async () => {
  const { of, states } = await examine(["--issuer", `${fixture.issuer.url}/`])
  expect(states).toEqual(["issuer fail"])
  expect(of("issuer")?.what).toContain(fixture.issuer.url)
})

test("an issuer that is away", async () => {
  const { of } = await examine(["--issuer", "http://127.0.0.1:9"])
  expect(of("issuer")).toMatchObject({ state: "fail", what: expect.stringContaining("127.0.0.1:9") })
})

test.each([
  { issuer: "127.0.0.1:3999", what: "The issuer is not an absolute URL.", fix: "Begin it with https://." },
  {
    issuer: "http://issuer.example",
    what: expect.stringContaining("must be an https URL"),
    fix: "Use https; for a test network there is --allow-insecure-requests.",
  },
])("an issuer that is called $issuer", async ({ issuer, what, fix }) => {
  const { of, code } = await examine(["--issuer", issuer])
  expect(of("issuer")).toMatchObject({ state: "fail", what, fix })
  expect(code).toBe(7)
})

test("an issuer that is named by its document", async () => {
  const { of } = await examine(["--issuer", `${fixture.issuer.url}/.well-known/openid-configuration`])
  expect(of("issuer")).toMatchObject({ state: "fail", fix: expect.stringMatching(/leave \/\.well-known\/ away/) })
})

type Answers = Readonly<Record<string, unknown>>

/** An issuer with one thing wrong: these answers, by path, in place of good ones. */
const broken = (answers: Answers, headers: Record<string, string> = {}) =>
  startServer((request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "").split("?")[0] ?? ""
    const url = `http://${request.headers.host}`
    const body = { ...good(url), ...answers }[path]
    const page = typeof body === "function" ? body(url) : body
    response.writeHead(page === undefined ? 404 : path === "/token" ? 400 : 200, headers).end(JSON.stringify(page))
  })

const key = { kty: "RSA", e: "AQAB", n: "x".repeat(342), kid: "1" }
const metadataOf = (url: string) => ({
  issuer: url,
  token_endpoint: `${url}/token`,
  authorization_endpoint: `${url}/authorize`,
  jwks_uri: `${url}/keys`,
  response_types_supported: ["code"],
  code_challenge_methods_supported: ["S256"],
})
const good = (url: string): Answers => ({
  "/.well-known/openid-configuration": metadataOf(url),
  "/keys": { keys: [key] },
  "/token": { error: "invalid_grant" },
  "/authorize": {},
})

describe("what an issuer has wrong", () => {
  const metadata = (changes: object) => ({
    "/.well-known/openid-configuration": (url: string) => ({ ...metadataOf(url), ...changes }),
  })
  const hour = 3_600_000

  test.each<[string, Answers, Record<string, string>, string, "fail" | "warn", RegExp]>([
    ["no token endpoint", metadata({ token_endpoint: undefined }), {}, "metadata", "fail", /names no token_endpoint/],
    ["no keys named", metadata({ jwks_uri: undefined }), {}, "metadata", "fail", /names no jwks_uri/],
    ["http:", metadata({ token_endpoint: "http://a.example/" }), {}, "metadata", "fail", /token_endpoint is an http/],
    ["no PKCE", metadata({ code_challenge_methods_supported: [] }), {}, "metadata", "warn", /PKCE/],
    ["no code flow", metadata({ response_types_supported: ["token"] }), {}, "metadata", "fail", /code flow/],
    ["metadata that is none", { "/.well-known/openid-configuration": [] }, {}, "issuer", "fail", /JSON object/],
    ["a slow clock", {}, { date: new Date(Date.now() - hour).toUTCString() }, "clock", "fail", /\d+ min ahead/],
    ["a fast clock", {}, { date: new Date(Date.now() + hour).toUTCString() }, "clock", "fail", /\d+ min behind/],
    ["no time", {}, { date: "never" }, "clock", "warn", /does not tell its time/],
    ["keys that are none", { "/keys": {} }, {}, "keys", "fail", /not a JWK Set/],
    ["no keys", { "/keys": { keys: [] } }, {}, "keys", "fail", /No key/],
    ["keys away", { "/keys": undefined }, {}, "keys", "fail", /status 404/],
    ["a secret key", { "/keys": { keys: [{ ...key, d: "x" }] } }, {}, "keys", "fail", /secret key is published/],
    ["a weak key", { "/keys": { keys: [{ ...key, n: "x" }] } }, {}, "keys", "fail", /fewer than 2048 bits/],
    ["keys without kid", { "/keys": { keys: [key, { ...key, kid: 1 }] } }, {}, "keys", "warn", /no kid/],
    ["a refused client", { "/token": { error: "invalid_client" } }, {}, "client authentication", "fail", /not take/],
    ["no page for logins", { "/authorize": undefined }, {}, "redirect URI", "fail", /status 404/],
    ["no CORS", {}, {}, "CORS", "fail", /token_endpoint and jwks_uri/],
    ["CORS for another", {}, { "access-control-allow-origin": "https://b.example" }, "CORS", "fail", /may not read/],
  ])("%s", async (_, answers, headers, check, state, what) => {
    await using issuer = await broken(answers, headers)
    const args = ["--issuer", issuer.url, "--origin", "https://a.example", "--redirect-uri", "https://a.example/cb"]
    const { of, code } = await examine(args)
    expect(of(check)).toMatchObject({ state, what: expect.stringMatching(what), fix: expect.any(String) })
    expect(code).toBe(7)
  })

  test("nothing, where pages of every origin may ask", async () => {
    await using issuer = await broken({}, { "access-control-allow-origin": "*" })
    const { states, code } = await examine(["--issuer", issuer.url, "--origin", "https://a.example"])
    expect(states).toContain("CORS ok")
    expect(code).toBe(0)
  })
})
