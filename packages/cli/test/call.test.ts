import { mkdtemp, rm, writeFile } from "node:fs/promises"
import type { IncomingMessage } from "node:http"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runCommand, runShell } from "./support/command.ts"
import { claimsOf, secret, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { startServer, type TestServer } from "./support/server.ts"

const audience = "https://api.example"

let fixture: TestIssuer
let api: TestServer
let folder: string
let env: Record<string, string>
const seen: Array<{ readonly request: IncomingMessage; readonly body: string }> = []

beforeAll(async () => {
  fixture = await startTestIssuer()
  folder = await mkdtemp(join(tmpdir(), "bearerkit-call-"))
  env = { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_CLIENT_SECRET: secret }
  api = await startServer((request, response) => {
    let body = ""
    request.on("data", (chunk) => (body += chunk))
    request.on("end", () => {
      seen.push({ request, body })
      const status = Number(request.url?.slice(1)) || 200
      response
        .writeHead(status, { "x-shown": "yes", ...(status === 302 && { location: "/" }) })
        .end(`status ${status}\n`)
    })
  })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await fixture[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const call = (path: string, ...more: ReadonlyArray<string>) =>
  runCommand(["call", `${api.url}/${path}`, "--audience", audience, ...more], { env, stdin: '{"item":1}' })

const lastClaims = () => claimsOf(seen.at(-1)?.request.headers.authorization?.replace("Bearer ", "") ?? "")

test("ends when its reader goes away, though the API would go on", async () => {
  let gone: Promise<unknown> = Promise.resolve()
  await using endless = await startServer((_request, response) => {
    const ticking = setInterval(() => response.write("data: tick\n\n"), 20)
    gone = once(response, "close").finally(() => clearInterval(ticking))
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n")
  })
  const line = `bearerkit call ${endless.url}/ --audience ${audience} | head -c 5`
  expect(await runShell(line, { env })).toEqual({ code: 0, signal: null, stdout: "data:", stderr: "" })
  await gone
})

describe("a call", () => {
  test("is made with a token; the body of the answer is the result", async () => {
    expect(await call("")).toEqual({ code: 0, signal: null, stdout: "status 200\n", stderr: "" })
    expect(lastClaims()).toMatchObject({ aud: audience, client_id: "service" })
    expect(seen.at(-1)?.request.method).toBe("GET")
  })

  test("sends data, headers and a method", async () => {
    await writeFile(join(folder, "headers"), "X-Api-Key: hush\r\nX-Two: 2\n")
    const { code } = await call("", "-d", "-", "-X", "put", "-H", "X-One: 1", "-H", `@${join(folder, "headers")}`)
    expect(code).toBe(0)
    const { request, body } = seen.at(-1)!
    expect(body).toBe('{"item":1}')
    expect(request.method).toBe("PUT")
    const sent = { "content-type": "application/json", "x-one": "1", "x-two": "2", "x-api-key": "hush" }
    expect(request.headers).toMatchObject(sent)
  })

  test("-i prints status and headers first", async () => {
    const { stdout } = await call("", "-i")
    expect(stdout).toMatch(/^HTTP 200 OK\n(?:.+\n)*x-shown: yes\n(?:.+\n)*\nstatus 200\n$/)
  })

  test("--as calls on behalf of somebody, and names who acts", async () => {
    const file = join(folder, "received")
    await writeFile(file, (await runCommand(["token", "--audience", audience], { env })).stdout)
    const more = ["--client-id", "ledger-clerk", "--as", file, "--audience", "reports"]
    const { code } = await runCommand(["call", `${api.url}/`, ...more], { env })
    expect(code).toBe(0)
    expect(lastClaims()).toMatchObject({ aud: "reports", sub: "service", act: { sub: "ledger-clerk" } })
  })

  test.each([
    [404, 8, "api_refused"],
    [401, 4, "api_denied"],
    [403, 4, "api_denied"],
    [429, 5, "api_throttled"],
    [503, 6, "api_unavailable"],
  ])("status %d ends with exit code %d, after the body", async (status, exit, name) => {
    const { code, stdout, stderr } = await call(String(status))
    expect(stdout).toBe(`status ${status}\n`)
    expect(stderr).toMatch(new RegExp(`^error: .*${status}\\. \\[${name}\\]\nfix: `))
    expect(code).toBe(exit)
  })

  test("a redirect is not followed with the token", async () => {
    expect(await call("302")).toMatchObject({
      code: 7,
      stdout: "",
      stderr: expect.stringContaining("[redirect_refused]"),
    })
  })
})

describe("what is refused before anything is sent", () => {
  test.each<[string, ReadonlyArray<string>, RegExp]>([
    ["a secret header", ["-H", "Cookie: hush-hush"], /--header @FILE/],
    ["the token's header", ["-H", "authorization: Bearer hush-hush"], /Authorization is set by/],
    ["a header that is none", ["-H", "hush-hush"], /not of the form/],
    ["data without a place", ["-X", "GET", "-d", "-"], /has no data/],
    ["a method that is none", ["-X", "hush hush"], /not one of HTTP/],
    ["a missing file", ["-d", "/hush-hush"], /ENOENT/],
  ])("%s", async (_, more, words) => {
    const before = seen.length
    const { code, stdout, stderr } = await call("", ...more)
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain("hush-hush")
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(seen).toHaveLength(before)
  })

  test("http: beyond this machine", async () => {
    const { code, stderr } = await runCommand(["call", "http://api.example/", "--audience", audience], { env })
    expect(stderr).toContain("[invalid_options]")
    expect(stderr).toContain("--allow-insecure-requests")
    expect(code).toBe(7)
  })

  test("no address", async () => {
    const { code, stderr } = await runCommand(["call", "--audience", audience], { env })
    expect(stderr).toContain("The argument url is missing.")
    expect(code).toBe(2)
  })
})

describe("delegate", () => {
  test("trades a token from stdin; the result looks as that of bearerkit token", async () => {
    const { stdout: received } = await runCommand(["token", "--audience", audience], { env })
    const args = ["delegate", "--client-id", "ledger-clerk", "--subject-token-file", "-", "--audience", "reports"]
    const { code, stdout } = await runCommand([...args, "--header"], { env, stdin: received })
    expect(claimsOf(stdout)).toMatchObject({ aud: "reports", sub: "service", act: { sub: "ledger-clerk" } })
    expect(stdout).toMatch(/^Authorization: Bearer [\w.-]+\n$/)
    expect(code).toBe(0)
  })

  test("prints what is no access token, and makes no header of it (RFC 8693 §2.2.1)", async () => {
    const answer = { access_token: "an-assertion", token_type: "N_A", issued_token_type: "urn:x:saml2" }
    await using issuer = await startServer((request, response) => {
      const url = `http://${request.headers.host}`
      response.end(JSON.stringify(request.method === "GET" ? { issuer: url, token_endpoint: `${url}/token` } : answer))
    })
    const given = { ...env, BEARERKIT_ISSUER: issuer.url, BEARERKIT_SUBJECT_TOKEN: "received" }
    const args = ["delegate", "--audience", "reports"]
    expect(await runCommand(args, { env: given })).toMatchObject({ code: 0, stdout: "an-assertion\n" })
    for (const format of ["header", "curl-config", "exec-credential"]) {
      const { code, stdout, stderr } = await runCommand([...args, "--format", format], { env: given })
      expect({ code, stdout }).toEqual({ code: 7, stdout: "" })
      expect(stderr).toMatch(/of the type N_A, with which no API can be called\. \[token_type_mismatch\]\nfix: /)
    }
  })

  test("says what is missing, and refuses the token as an argument", async () => {
    const args = ["delegate", "--client-id", "ledger-clerk", "--audience", "reports"]
    expect(await runCommand(args, { env })).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(/subject.token.*BEARERKIT_SUBJECT_TOKEN/s),
    })
    const refused = await runCommand([...args, "--subject-token", "hush-hush"], { env })
    expect(refused.stderr).not.toContain("hush-hush")
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("[secret_in_arguments]") })
  })
})
