import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type ErrorCode, exitCodes } from "../src/exit-code.ts"
import { runCommand, runShell } from "./support/command.ts"
import { password, secret, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { startServer } from "./support/server.ts"

let fixture: TestIssuer
let env: Record<string, string>
const short = { BEARERKIT_CLIENT_SECRET: "abc" }

beforeAll(async () => {
  fixture = await startTestIssuer()
  env = {
    BEARERKIT_ISSUER: fixture.issuer.url,
    BEARERKIT_CLIENT_ID: "service",
    BEARERKIT_CLIENT_SECRET: secret,
    BEARERKIT_AUDIENCE: "reports",
  }
})
afterAll(() => fixture[Symbol.asyncDispose]())

interface Failure {
  readonly exit: number | null
  readonly code: string | undefined
  readonly message: string
}

/** Runs a command that is to fail, and holds that it does so in two lines, with no secret and nothing on stdout. */
const failureOf = async (args: ReadonlyArray<string>, more: Record<string, string> = {}): Promise<Failure> => {
  const { code: exit, stdout, stderr } = await runCommand(["token", ...args], { env: { ...env, ...more } })
  const [, code] = /^error: .* \[(\w+)\]\nfix: .+\n$/.exec(stderr) ?? []
  if (stdout !== "") throw new Error("something is on stdout")
  if ([secret, password].some((hidden) => stderr.includes(hidden))) throw new Error("a secret is on stderr")
  return { exit, code, message: stderr }
}

const oauthRo = (username: string): ReadonlyArray<string> => {
  const person = ["--username", username, "--connection", "users"]
  return ["--flow", "oauth-ro", "--quiet", "--audience", "service", ...person]
}

test("each error code has its exit code", () => {
  expect(new Set(Object.values(exitCodes))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]))
  expect(exitCodes).toMatchSnapshot()
})

test.runIf(process.platform === "linux")("1, a result that cannot be written", async () => {
  const { code, stderr } = await runShell("bearerkit token > /dev/full", { env })
  expect(stderr).toMatch(/ENOSPC.*\[output_failed\]/)
  expect(code).toBe(1)
})

describe("2, wrong usage", () => {
  test("an unknown option, with the one that was meant", async () => {
    const failure = await failureOf(["--isuer", "x"])
    expect(failure).toMatchObject({ exit: 2, code: "usage" })
    expect(failure.message).toContain("Did you mean --issuer?")
  })

  test("a number that is none", async () => {
    const failure = await failureOf(["--timeout", "soon"])
    expect(failure).toMatchObject({ exit: 2, code: "usage" })
    expect(failure.message).toContain("--timeout takes only a number.")
  })

  test("two shapes of output", async () => {
    const { code, stdout, stderr } = await runCommand(["token", "--header", "--json"], { env })
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "usage", exit_code: 2 } })
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  })
})

test("3, a password and nobody to ask", async () => {
  const failure = await failureOf(oauthRo("alice"))
  expect(failure).toMatchObject({ exit: 3, code: "interaction_required" })
  expect(failure.message).toContain("BEARERKIT_PASSWORD")
})

test("4, a wrong client secret and a wrong password", async () => {
  expect(await failureOf([], { BEARERKIT_CLIENT_SECRET: "wrong-secret" })).toMatchObject({
    exit: 4,
    code: "invalid_client",
  })
  expect(await failureOf(oauthRo("alice"), { BEARERKIT_PASSWORD: "wrong" })).toMatchObject({
    exit: 4,
    code: "invalid_credentials",
  })
})

test("5, an account that is blocked after ten wrong passwords", async () => {
  const wrong = {
    client_id: "service",
    connection: "users",
    grant_type: "password",
    username: "bob",
    password: "wrong",
  }
  for (let i = 0; i < 10; i++) {
    await fetch(`${fixture.issuer.url}/oauth/ro`, { method: "POST", body: new URLSearchParams(wrong) })
  }
  expect(await failureOf(oauthRo("bob"), { BEARERKIT_PASSWORD: password })).toMatchObject({
    exit: 5,
    code: "too_many_attempts",
  })
})

test("6, an issuer that never answers", async () => {
  await using silent = await startServer(() => {})
  expect(await failureOf(["--issuer", silent.url, "--timeout", "0.5"])).toMatchObject({ exit: 6, code: "timeout" })
})

describe("7, wrong configuration", () => {
  const cases: ReadonlyArray<[name: string, code: ErrorCode, args: Array<string>, more?: Record<string, string>]> = [
    ["a missing option", "missing_option", [], { BEARERKIT_CLIENT_ID: "" }],
    ["a key that the authentication method needs", "missing_option", ["--client-auth", "private_key_jwt"]],
    ["a secret too short to sign with", "invalid_options", ["--client-auth", "client_secret_jwt"], short],
    ["an audience that the issuer does not know", "invalid_target", ["--audience", "nobody"]],
    ["http: beyond this machine", "invalid_options", ["--issuer", "http://issuer.example"]],
  ]
  test.each(cases)("%s: %s", async (_, code, args, more) => {
    expect(await failureOf(args, more)).toMatchObject({ exit: 7, code })
  })

  test("what to do is said in the words of the command", async () => {
    expect((await failureOf(["--issuer", "http://issuer.example"])).message).toContain("--allow-insecure-requests")
    const nobody = await failureOf(["--issuer", "http://127.0.0.1:9"])
    expect(nobody).toMatchObject({ exit: 6, code: "unreachable" })
    expect(nobody.message).toMatch(/network, proxy, TLS/)
    expect(nobody.message).not.toMatch(/CORS/)
  })

  test("an issuer that calls itself something else", async () => {
    const failure = await failureOf(["--issuer", `${fixture.issuer.url}/`])
    expect(failure).toMatchObject({ exit: 7, code: "issuer_mismatch" })
  })

  test("HTML in place of the metadata", async () => {
    await using website = await startServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<html><body>Log in</body></html>")
    })
    expect(await failureOf(["--issuer", website.url])).toMatchObject({ exit: 7, code: "malformed_response" })
  })
})

test("with --json an error is one JSON object on stderr", async () => {
  const { code, stdout, stderr } = await runCommand(["token", "--json"], {
    env: { ...env, BEARERKIT_CLIENT_SECRET: "wrong-secret" },
  })
  expect(JSON.parse(stderr)).toEqual({
    version: 1,
    error: {
      code: "invalid_client",
      message: expect.stringContaining("401"),
      fix: expect.any(String),
      exit_code: 4,
      retryable: false,
      status: 401,
      server_error: "invalid_client",
    },
  })
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" })
})
