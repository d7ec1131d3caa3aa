import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { runCommand, startCommand, stateFolder, type StateFolder } from "./support/command.ts"
import { claimsOf, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { enterCode, said, signInAt } from "./support/person.ts"

const audience = "https://api.example"
const address = /Open this address to sign in:\n(\S+)\n/

let fixture: TestIssuer
let state: StateFolder
let env: Record<string, string>

beforeAll(async () => {
  fixture = await startTestIssuer()
  state = await stateFolder()
  env = { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "desktop", ...state.env }
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await state[Symbol.asyncDispose]()
})

const startLogin = (...more: ReadonlyArray<string>) =>
  startCommand(["login", "--no-browser", "--audience", audience, "--scope", "read", ...more], { env })

describe("a login by loopback", () => {
  test("shows the address, says who signed in, and is what other commands act for until the logout", async () => {
    const login = startLogin()
    const page = await signInAt(await said(login, address))
    expect(page).toContain("You are signed in")
    const { code, stdout } = await login.outcome
    expect(stdout).toMatch(/^subject\t\S+\n/)
    expect(stdout).toContain(`issuer\t${fixture.issuer.url}\n`)
    expect(code).toBe(0)

    const who = await runCommand(["whoami"], { env })
    expect(who).toEqual({ code: 0, signal: null, stdout, stderr: "" })
    const asJson = JSON.parse((await runCommand(["whoami", "--json"], { env })).stdout)
    expect(asJson).toMatchObject({ version: 1, subject: /^subject\t(\S+)/.exec(stdout)?.[1] })

    const before = fixture.issuer.countRequests("/token")
    const kept = await runCommand(["token", "--audience", audience, "--scope", "read"], { env })
    expect(claimsOf(kept.stdout)).toMatchObject({ aud: audience, sub: asJson.subject, client_id: "desktop" })
    expect(fixture.issuer.countRequests("/token")).toBe(before)
    const other = await runCommand(["token", "--audience", audience, "--scope", "read", "--min-ttl", "86400"], { env })
    expect(claimsOf(other.stdout)).toMatchObject({ sub: asJson.subject })
    expect(fixture.issuer.countGrants("refresh_token")).toBe(1)

    for (const file of await readdir(join(state.path, "bearerkit", "tokens"))) {
      expect((await stat(join(state.path, "bearerkit", "tokens", file))).mode & 0o777).toBe(0o600)
    }
    expect(await runCommand(["logout"], { env })).toMatchObject({ code: 0, stdout: "" })
    expect(fixture.issuer.countRequests("/revoke")).toBe(1)
    for (const command of ["whoami", "token"]) {
      const { code, stdout, stderr } = await runCommand([command], { env })
      expect(stderr).toMatch(/\[login_required\]\nfix: .*bearerkit login/)
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" })
    }
  })

  test("keeps the logins of two accounts apart", async () => {
    const login = startLogin("--account", "work")
    await signInAt(await said(login, address))
    expect(await login.outcome).toMatchObject({ code: 0 })
    expect(await runCommand(["whoami", "--account", "work"], { env })).toMatchObject({ code: 0 })
    expect(await runCommand(["whoami"], { env })).toMatchObject({ code: 3 })
  })

  test("says so when the person declines", async () => {
    const login = startLogin()
    const page = await signInAt(await said(login, address), "refuse")
    expect(page).toContain("You are not signed in")
    expect(await login.outcome).toMatchObject({
      code: 4,
      stdout: "",
      stderr: expect.stringContaining("[access_denied]"),
    })
  })

  test("ends after its time, and with 130 on Ctrl-C", async () => {
    const late = await startLogin("--timeout", "0.2").outcome
    expect(late).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("[transaction_expired]") })
    const login = startLogin()
    await said(login, address)
    login.process.kill("SIGINT")
    expect(await login.outcome).toMatchObject({ code: 130, stdout: "" })
  })

  test("with --json the address is JSON on stderr; with --no-input nobody is asked", async () => {
    const login = startLogin("--json")
    const url = JSON.parse(await said(login, /(.*)\n/)).login.open
    await signInAt(url)
    expect(JSON.parse((await login.outcome).stdout)).toMatchObject({ version: 1, claims: { aud: "desktop" } })
    const { code, stderr } = await runCommand(["login", "--no-input"], { env })
    expect(stderr).toContain("[interaction_required]")
    expect(code).toBe(3)
  })
})

describe("a login on another device", () => {
  const startDevice = (...more: ReadonlyArray<string>) =>
    startCommand(["login", "--device", "--client-id", "tv", ...more], { env })
  const codeLine = /Open (\S+ and enter the code \S+)/

  const enter = (line: string, consent?: "refuse") => {
    const [uri = "", code = ""] = line.split(" and enter the code ")
    return enterCode(`${uri}?user_code=${code}`, consent)
  }

  test("shows code and address, waits, and says who signed in", async () => {
    const login = startDevice()
    await enter(await said(login, codeLine))
    const { code, stdout } = await login.outcome
    expect(stdout).toMatch(/^subject\t\S+\n/)
    expect(code).toBe(0)
    expect(await runCommand(["whoami", "--client-id", "tv"], { env })).toMatchObject({ code: 0, stdout })
  })

  test("ends after its time, which is the person's and not that of an answer", async () => {
    const { code, stderr } = await startDevice("--timeout", "1").outcome
    expect(stderr).toMatch(/Nobody signed in within 1 s\. \[transaction_expired\]/)
    expect(code).toBe(3)
  })

  test("fails when the person refuses", async () => {
    const login = startDevice()
    await enter(await said(login, codeLine), "refuse")
    expect(await login.outcome).toMatchObject({ code: 4, stderr: expect.stringContaining("[access_denied]") })
  })
})
