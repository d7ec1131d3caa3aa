import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { findLeaks } from "../leaks/search.ts"

const jwt = ["eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ", "eyJzdWIiOiJhbGljZSIsImF1ZCI6Im9yZGVycyJ9", "c2lnbmF0dXJlIG9mIGl0"]
const token = "v1.MRrKYhQ3-0jfX9_2dLkzPq7-0aBcDeFgHiJkLmNoPqRs"
const password = 'correct "horse" & battery'

const leaksIn = (value: string, text: string) => findLeaks([{ kind: "secret", value }], [{ where: "here", text }])
const found = [{ kind: "secret", where: "here" }]

describe("the search for leaks", () => {
  it.each([
    ["a token", token, `Bearer ${token}`],
    ["a token in a URL", token, `https://a.example/?code=${token}&state=1`],
    ["the beginning of a token", token, `it was ${token.slice(0, 31)}…`],
    ["the end of a token", token, `…${token.slice(-20)}`],
    ["a JWT", jwt.join("."), jwt.join(".")],
    ["the claims of a JWT", jwt.join("."), `claims=${jwt[1]}`],
    ["the signature of a JWT", jwt.join("."), jwt[2]!],
    ["a password", password, `the password is ${password}!`],
    ["a password in JSON", password, JSON.stringify({ password })],
    ["a password in a URL", password, `?password=${encodeURIComponent(password)}`],
    ["a password in a form", password, new URLSearchParams({ password }).toString()],
  ])("finds %s", (_, value, text) => {
    assert.deepStrictEqual(leaksIn(value, text), found)
  })

  it.each([
    ["another token", token, token.toLowerCase()],
    ["the header of a JWT, which many share", jwt.join("."), jwt[0]!],
    ["a digest of eight digits", token, "sha256:9f86d081"],
    ["the name of a secret", token, "access_token"],
  ])("does not take %s for one", (_, value, text) => {
    assert.deepStrictEqual(leaksIn(value, text), [])
  })
})

const config = fileURLToPath(new URL("../leaks/fixture/vitest.config.ts", import.meta.url))
const root = fileURLToPath(new URL("../..", import.meta.url))
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url))

/** A small test run of its own, in which one token is issued. */
const runTelling = (tell: string) =>
  new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    const env = { PATH: process.env["PATH"], TELL: tell }
    execFile(process.execPath, [vitest, "run", "--config", config], { env, cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
  })

describe("a test run", { timeout: 60_000 }, () => {
  it("passes when no secret leaks", async () => {
    const { code, output } = await runTelling("nothing")
    assert.strictEqual(code, 0, output)
    assert.include(output, "No secret leaked (1 secrets")
  })

  it.each([
    ["console", "access_token in output of the test run"],
    ["stderr", "access_token in output of the test run"],
    ["piece", "access_token in output of the test run"],
    ["failure", "access_token in error Refused, scripts/leaks/fixture/leak.fixture.ts"],
    ["log", "access_token in log line, scripts/leaks/fixture/leak.fixture.ts"],
    ["span", "access_token in span test, scripts/leaks/fixture/leak.fixture.ts"],
    ["telemetry", "access_token in span oauth.token, scripts/leaks/fixture/leak.fixture.ts"],
    ["child", "access_token in stderr of"],
  ])("fails when a token gets out by way of %s", async (tell, line) => {
    const { code, output } = await runTelling(tell)
    assert.strictEqual(code, 1, output)
    assert.include(output, line)
  })
})
