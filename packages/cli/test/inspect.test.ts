import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { decode } from "../src/inspect/decode.ts"
import { runCommand } from "./support/command.ts"
import { claimsOf, secret, startTestIssuer, type TestIssuer } from "./support/issuer.ts"

const audience = "https://api.example"
const part = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString("base64url")
const header = part({ alg: "RS256", typ: "at+jwt" })

let fixture: TestIssuer
let folder: string
let env: Record<string, string>
let token: string

beforeAll(async () => {
  fixture = await startTestIssuer()
  folder = await mkdtemp(join(tmpdir(), "bearerkit-inspect-"))
  env = { BEARERKIT_ISSUER: fixture.issuer.url }
  const got = await runCommand(["token", "--audience", audience, "--scope", "read"], {
    env: { ...env, BEARERKIT_CLIENT_ID: "service", BEARERKIT_CLIENT_SECRET: secret },
  })
  token = got.stdout.trim()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const inspect = (stdin: string, ...more: ReadonlyArray<string>) =>
  runCommand(["inspect", ...more], { env: more.includes("--offline") ? {} : env, stdin })

/** What a changed token says of itself, with the signature of the real one. */
const changed = (claims: object): string => {
  const [head, , signature] = token.split(".")
  return `${head}.${part({ ...claimsOf(token), ...claims })}.${signature}`
}

describe("a token that is right", () => {
  test("is verified with the issuer's keys, every claim in words, the token itself nowhere", async () => {
    const { code, stdout, stderr } = await inspect(token, "--audience", audience)
    expect(stdout).toContain(`verdict\tverified: signed by a key of ${fixture.issuer.url}\n`)
    for (const claim of Object.keys(claimsOf(token))) {
      expect(stdout).toMatch(new RegExp(`^${claim}\t.*\t(?!not a registered claim)`, "m"))
    }
    expect(stdout).toMatch(/exp\t\S+Z\tit ends in \d+ (s|min)\n/)
    expect(stdout).not.toContain(token.split(".")[2])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  })

  test.each(["9b", "202e", "2028", "7f", "e0041"])("JSON has U+%s escaped", async (code) => {
    const hostile = String.fromCodePoint(Number.parseInt(code, 16))
    const { stdout } = await inspect(changed({ sub: `alice${hostile}` }), "--json")
    expect(stdout.trim()).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)
    expect(JSON.parse(stdout)).toMatchObject({ claims: { sub: `alice${hostile}` } })
  })

  test("is taken from a header line, the environment and a file; JSON for scripts", async () => {
    const fromHeader = await inspect(`Authorization: Bearer ${token}\n`, "--json")
    expect(JSON.parse(fromHeader.stdout)).toMatchObject({ version: 1, verified: true, problems: [], kind: "jwt" })
    const fromEnvironment = await runCommand(["inspect", "--json"], { env: { ...env, BEARERKIT_TOKEN: token } })
    expect(JSON.parse(fromEnvironment.stdout)).toMatchObject({ verified: true, claims: { aud: audience } })
    const file = join(folder, "token")
    await writeFile(file, token)
    const fromFile = await runCommand(["inspect", "--json", "--token-file", file], { env })
    expect(JSON.parse(fromFile.stdout).verified).toBe(true)
  })

  test("is verified with a key set instead of the issuer", async () => {
    const keys = join(folder, "keys.json")
    await writeFile(keys, await (await fetch(`${fixture.issuer.url}/jwks`)).text())
    const { stdout, code } = await runCommand(["inspect", "--keys-file", keys], { stdin: token })
    expect(stdout).toContain("verified: signed by a key of the key set")
    expect(code).toBe(0)
  })

  test("is not verified where nobody says with what", async () => {
    const { code, stdout } = await runCommand(["inspect", "--json"], { stdin: token })
    expect(JSON.parse(stdout)).toMatchObject({
      verified: false,
      verdict: expect.stringContaining("not verified: pass --issuer"),
    })
    expect(code).toBe(0)
  })
})

describe("what is wrong is said in words", () => {
  test.each<[string, object, string, RegExp]>([
    ["another audience", { aud: "https://other.example" }, "claim_mismatch", /not for https:\/\/api\.example/],
    ["another issuer", { iss: "https://other.example" }, "claim_mismatch", /from another issuer than/],
    ["over", { exp: 1_700_000_000 }, "token_expired", /ended \d+ days ago/],
    ["not yet", { nbf: 4_000_000_000 }, "token_not_yet_valid", /becomes valid in \d+ days/],
    ["a time that is none", { exp: "soon" }, "token_expired", /exp is not a number/],
    ["an audience that is none", { aud: [{}] }, "claim_mismatch", /aud is not text or a list/],
    ["a subject without a name", { sub: "" }, "claim_mismatch", /sub is empty/],
    ["scopes that are none", { scp: 7 }, "claim_mismatch", /scp is not text or a list/],
  ])("%s", async (_, claims, problem, words) => {
    const { code, stdout, stderr } = await inspect(changed(claims), "--audience", audience, "--json")
    const { verified, problems } = JSON.parse(stdout)
    expect(problems[0]).toEqual({ code: problem, message: expect.stringMatching(words) })
    expect(verified).toBe(false)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: problem, exit_code: 4 } })
    expect(code).toBe(4)
  })

  test("a signature that does not match, besides what else is wrong", async () => {
    const { stdout } = await inspect(changed({ exp: 1_700_000_000, iat: 1_600_000_000 }), "--json")
    expect(JSON.parse(stdout).problems.map(({ code }: { code: string }) => code)).toEqual([
      "token_expired",
      "invalid_signature",
    ])
  })

  test("scopes in a list, as some issuers have them, are none of it", async () => {
    const { stdout } = await inspect(changed({ scope: ["read"], scp: ["read"] }), "--audience", audience, "--json")
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: "invalid_signature" }])
  })

  test("the real signature is seen although the token is for somebody else", async () => {
    const { stdout, code } = await inspect(token, "--audience", "https://other.example")
    expect(stdout).toContain("verdict\tnot acceptable: it is signed by a key of")
    expect(stdout).toContain("wrong\tIt is not for https://other.example.")
    expect(code).toBe(4)
  })

  test("an issuer that cannot be asked is no verdict about the token", async () => {
    const { code, stdout } = await runCommand(["inspect", "--issuer", "http://127.0.0.1:9", "--timeout", "2"], {
      stdin: changed({ iss: "http://127.0.0.1:9" }),
    })
    expect(stdout).toContain("verdict\tnot verified: cannot get the issuer's keys")
    expect(code).toBe(6)
  })

  test("alg none is signed by nobody", async () => {
    const unsigned = `${part({ alg: "none" })}.${part(claimsOf(token))}.AA`
    const { code, stdout } = await inspect(unsigned, "--json")
    expect(JSON.parse(stdout)).toMatchObject({ verified: false, problems: [{ code: "algorithm_not_allowed" }] })
    expect(code).toBe(4)
  })
})

describe("hostile input", () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`
  test.each<[string, string, number, RegExp]>([
    ["opaque", "opaque-token", 0, /only its issuer/],
    ["five parts", `${part({ alg: "RSA-OAEP", enc: "A256GCM" })}.a.b.c.d`, 0, /encrypted \(JWE\)/],
    ["two parts", "a.b", 4, /has 2 parts/],
    ["many parts", ".".repeat(1000), 4, /more than six parts/],
    ["not base64url", "a+b.c.d", 4, /header that is not base64url/],
    ["not JSON", `${Buffer.from("{").toString("base64url")}.e30.x`, 4, /header that is not JSON/],
    ["not UTF-8", `${header}.${Buffer.from([0xff, 0xfe]).toString("base64url")}.x`, 4, /payload that is not UTF-8/],
    ["a list", `${header}.${part([])}.x`, 4, /payload that is not a JSON object/],
    ["deep", `${header}.${Buffer.from(`{"a":${deep}}`).toString("base64url")}.x`, 4, /more than 32 deep/],
    ["a name twice", `${header}.${Buffer.from('{"sub":"a","sub":"b"}').toString("base64url")}.AA`, 4, /twice/],
  ])("%s", async (_, text, exit, words) => {
    const { code, stdout } = await inspect(text)
    expect(stdout).toMatch(words)
    expect(code).toBe(exit)
  })

  test("a token that is too large is not read", async () => {
    const { code, stdout, stderr } = await inspect("a".repeat(70_000))
    expect(stderr).toMatch(/more than 64 kB.*\[secret_unusable\]/)
    expect({ code, stdout }).toEqual({ code: 7, stdout: "" })
  })

  test("control characters do not reach the terminal", async () => {
    const escape = "\u{1b}[2Jgone\u{202e}\u{7}\n"
    const hostile = `${part({ alg: "RS256", kid: escape, [escape]: 1 })}.${part({ sub: escape, [escape]: escape })}.AA`
    const { stdout, stderr } = await inspect(hostile)
    expect(stdout).not.toMatch(/[^\P{Cc}\n\t]|\p{Cf}/u)
    expect(stderr).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
  })

  test("many and long claims are cut", async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`c${at}`, "x".repeat(at)]))
    const { stdout } = await inspect(`${header}.${part(many)}.AA`)
    expect(stdout.split("\n").length).toBeLessThan(120)
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(500)
  })

  test("brackets in strings do not count as depth", () => {
    expect(decode(`${header}.${part({ a: `"${"[".repeat(100)}` })}.x`)).toMatchObject({ kind: "jwt" })
  })
})

test("a token among the arguments is refused and not repeated", async () => {
  for (const args of [["--token", token], [token]]) {
    const { code, stdout, stderr } = await runCommand(["inspect", ...args], { env })
    expect(stderr).not.toContain(token.slice(0, 20))
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  }
})
