import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { runCommand, runShell, stateFolder } from "./support/command.ts"
import { claimsOf, password, secret, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { startServer } from "./support/server.ts"

let fixture: TestIssuer
let env: Record<string, string>

beforeAll(async () => {
  fixture = await startTestIssuer()
  env = { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_CLIENT_SECRET: secret }
})
afterAll(() => fixture[Symbol.asyncDispose]())

const jwtLine = /^[\w-]+\.[\w-]+\.[\w-]+\n$/

describe("what is printed", () => {
  test("the token alone on stdout", async () => {
    const { code, stdout, stderr } = await runCommand(["token", "--audience", "reports"], { env })
    expect(stdout).toMatch(jwtLine)
    expect(claimsOf(stdout)).toMatchObject({ aud: "reports", client_id: "service", iss: fixture.issuer.url })
    expect(stderr).toBe("")
    expect(code).toBe(0)
  })

  test("--json: version, token, expiry as epoch and RFC 3339 in UTC, scope, audience", async () => {
    const args = ["token", "--json", "--audience", "https://api.example", "--scope", "read write"]
    const { code, stdout, stderr } = await runCommand(args, { env })
    const { access_token, expires_at, expires_at_rfc3339, ...rest } = JSON.parse(stdout)
    expect(rest).toEqual({ version: 1, token_type: "Bearer", scope: "read write", audience: ["https://api.example"] })
    expect(claimsOf(access_token)).toMatchObject({ aud: "https://api.example", exp: expect.closeTo(expires_at, -1) })
    expect(expires_at_rfc3339).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Date.parse(expires_at_rfc3339)).toBe(expires_at * 1000)
    expect(stdout.split("\n")).toHaveLength(2)
    expect(stderr).toBe("")
    expect(code).toBe(0)
  })

  test("--header: a line that curl takes from stdin", async () => {
    await using api = await startServer((_, response) => response.end("fine"))
    const line = `bearerkit token --header --audience reports | curl --silent --fail -H @- ${api.url}/orders`
    const { code, stdout, stderr } = await runShell(line, { env })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "fine", stderr: "" })
    const { authorization = "" } = (await api.request).headers
    expect(authorization).toMatch(/^Bearer /)
    expect(claimsOf(authorization.replace("Bearer ", ""))).toMatchObject({ aud: "reports" })
  })

  test("--format env: lines that a shell takes", async () => {
    const line = `eval "$(bearerkit token --format env --audience reports)"; env | grep ^BEARERKIT_TOKEN | sort`
    const { code, stdout, stderr } = await runShell(line, { env })
    const [, token = "", end = ""] = /^BEARERKIT_TOKEN=(.*)\nBEARERKIT_TOKEN_EXPIRES_AT=(.*)\n$/.exec(stdout) ?? []
    const { aud, exp } = claimsOf(token)
    expect(aud).toBe("reports")
    expect(Date.parse(end) / 1000).toBeCloseTo(Number(exp), -1)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  })

  test("--format exec-credential: what kubectl reads of a plugin", async () => {
    const args = ["token", "--format", "exec-credential", "--audience", "reports"]
    const { code, stdout, stderr } = await runCommand(args, { env })
    const { status, ...kind } = JSON.parse(stdout)
    expect(kind).toEqual({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" })
    expect(Object.keys(status)).toEqual(["token", "expirationTimestamp"])
    expect(claimsOf(status.token)).toMatchObject({ aud: "reports" })
    expect(status.expirationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  })

  test("--format curl-config: what curl takes from stdin", async () => {
    await using api = await startServer((_, response) => response.end("fine"))
    const line = `bearerkit token --format curl-config --audience reports | curl --silent --fail -K - ${api.url}/orders`
    expect(await runShell(line, { env })).toMatchObject({ code: 0, stdout: "fine", stderr: "" })
    const { authorization = "" } = (await api.request).headers
    expect(claimsOf(authorization.replace(/^Bearer /, ""))).toMatchObject({ aud: "reports" })
  })

  test("one shape at a time", async () => {
    const { code, stdout, stderr } = await runCommand(["token", "--header", "--format", "env"], { env })
    expect(stderr).toMatch(/--header, --json and --format.*\[usage\]/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  })

  test("warnings on stderr, none with --quiet", async () => {
    const passwordEnv = { ...env, BEARERKIT_PASSWORD: password, BEARERKIT_USERNAME: "alice" }
    const loud = await runCommand(["token", "--flow", "password", "--audience", "reports"], { env: passwordEnv })
    expect(loud.stderr).toMatch(/^warning: .* \[password-grant\]\n$/)
    expect(loud.stdout).toMatch(jwtLine)
    const quiet = await runCommand(["token", "--flow", "password", "--audience", "reports", "--quiet"], {
      env: passwordEnv,
    })
    expect(quiet).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(jwtLine) })
  })

  test("a warning of scopes that were not granted", async () => {
    const { code, stderr, stdout } = await runCommand(
      ["token", "--audience", "reports", "--scope", "read all", "--json"],
      {
        env,
      },
    )
    expect(JSON.parse(stdout)).toMatchObject({ scope: "read" })
    const message = expect.stringContaining("did not grant all for reports")
    expect(JSON.parse(stderr)).toEqual({ version: 1, warning: { name: "fewer-scopes", message } })
    expect(code).toBe(0)
  })

  test("a store that cannot be used is a warning like any other, and an error to a login", async () => {
    await using state = await stateFolder()
    const file = join(state.path, "bearerkit")
    await writeFile(file, "")
    const told = { env: { ...env, ...state.env } }
    const lines = (await runCommand(["token", "--audience", "reports", "--json"], told)).stderr.trim().split("\n")
    const message = expect.stringMatching(/store failed to (?:get|put) \(ENOTDIR\)/)
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { version: 1, warning: { message } },
      { version: 1, warning: { message } },
    ])
    const plain = await runCommand(["token", "--audience", "reports"], told)
    expect(plain.stderr).toMatch(/^(?:warning: The token store failed .*\n){2}$/)
    expect(await runCommand(["token", "--audience", "reports", "--quiet"], told)).toMatchObject({ code: 0, stderr: "" })
    const { code, stderr } = await runCommand(["whoami"], told)
    expect(code).toBe(7)
    expect(stderr).toContain(`Check the folder ${file}`)
  })
})

describe("flows and client authentication", () => {
  test("oauth-ro needs no client secret", async () => {
    const { stdout, stderr } = await runCommand(
      ["token", "--flow", "oauth-ro", "--username", "alice", "--connection", "users", "--json"],
      { env: { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_PASSWORD: password } },
    )
    expect(JSON.parse(stderr)).toMatchObject({ version: 1, warning: { name: "legacy-oauth-ro" } })
    expect(claimsOf(JSON.parse(stdout).access_token)).toMatchObject({ aud: "service" })
  })

  test("a connection turns the password flow into password-realm", async () => {
    const args = [
      "token",
      "--flow",
      "password",
      "--username",
      "alice",
      "--connection",
      "users",
      "--audience",
      "reports",
    ]
    const { code } = await runCommand(args, { env: { ...env, BEARERKIT_PASSWORD: password } })
    expect(code).toBe(0)
    expect(fixture.issuer.audit.at(-1)).toMatchObject({ grant: expect.stringContaining("password-realm") })
  })

  test("a private key authenticates the client and signs for a subject", async () => {
    const args = [
      "token",
      "--client-id",
      "robot",
      "--flow",
      "jwt-bearer",
      "--subject",
      "alice",
      "--audience",
      "reports",
    ]
    const { code, stdout } = await runCommand(args, {
      env: { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_PRIVATE_KEY: fixture.pem },
    })
    expect(claimsOf(stdout)).toMatchObject({ sub: "alice", client_id: "robot" })
    expect(code).toBe(0)
  })

  test.each([
    ["poster", "client_secret_post"],
    ["signer", "client_secret_jwt"],
  ])("%s authenticates by %s", async (clientId, method) => {
    const args = ["token", "--client-id", clientId, "--client-auth", method, "--audience", "reports"]
    expect(await runCommand(args, { env })).toMatchObject({ code: 0, stderr: "" })
  })
})

describe("where options come from", () => {
  test("the environment, lists between spaces", async () => {
    const { stdout } = await runCommand(["token", "--json"], {
      env: { ...env, BEARERKIT_AUDIENCE: "https://api.example", BEARERKIT_SCOPE: "read write" },
    })
    expect(JSON.parse(stdout)).toMatchObject({ audience: ["https://api.example"], scope: "read write" })
  })

  test("arguments win over the environment", async () => {
    const { stdout } = await runCommand(["token", "--audience", "reports"], {
      env: { ...env, BEARERKIT_AUDIENCE: "https://api.example" },
    })
    expect(claimsOf(stdout)).toMatchObject({ aud: "reports" })
  })

  test("an empty variable counts as none", async () => {
    const { code, stderr } = await runCommand(["token"], { env: { ...env, BEARERKIT_ISSUER: "" } })
    expect(stderr).toMatch(/--issuer.*\[missing_option\]\nfix: .*BEARERKIT_ISSUER/)
    expect(code).toBe(7)
  })

  test("a wrong value in a variable names the variable and what it takes", async () => {
    const { code, stderr } = await runCommand(["token"], { env: { ...env, BEARERKIT_FLOW: "magic" } })
    expect(stderr).toMatch(
      /BEARERKIT_FLOW.*\[invalid_options\]\nfix: .*client-credentials, password, jwt-bearer, github-actions, kubernetes, oauth-ro/,
    )
    expect(code).toBe(7)
  })
})
