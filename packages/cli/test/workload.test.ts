import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { type Platform, startPlatform } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runCommand } from "./support/command.ts"
import { claimsOf } from "./support/issuer.ts"
import { startServer } from "./support/server.ts"

const audience = "https://api.example"
const job = "repo:octo/shop:ref:refs/heads/main"
const pod = "system:serviceaccount:shop:reporter"

let platform: Platform
let issuer: Issuer
let folder: string
let env: Record<string, string>
let inJob: Record<string, string>

beforeAll(async () => {
  platform = await startPlatform()
  folder = await mkdtemp(join(tmpdir(), "bearerkit-cli-workload-"))
  issuer = await startIssuer({
    config: {
      clients: [{ id: "job", auth: "none", grants: ["jwt-bearer"] }],
      apis: [{ audience, scopes: ["read"] }],
      trustedAssertionIssuers: [
        {
          issuer: platform.issuer,
          jwksUri: `${platform.issuer}/.well-known/jwks`,
          subjects: [job, pod],
          reusable: true,
        },
      ],
    },
  })
  env = { BEARERKIT_ISSUER: issuer.url, BEARERKIT_CLIENT_ID: "job", BEARERKIT_AUDIENCE: audience }
  inJob = {
    ...env,
    ACTIONS_ID_TOKEN_REQUEST_URL: platform.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: platform.requestToken,
  }
})
afterAll(async () => {
  await issuer.close()
  await platform[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** A file as the kubelet mounts it, for this audience. */
const mounted = async (audience: string): Promise<string> => {
  const file = join(folder, crypto.randomUUID())
  await writeFile(file, await platform.vouch(pod, audience))
  return file
}

describe("a job at GitHub Actions", () => {
  const args = ["token", "--flow", "github-actions"]

  test("gets a token without any secret", async () => {
    const { code, stdout, stderr } = await runCommand(args, { env: inJob })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(claimsOf(stdout)).toMatchObject({ sub: job, aud: audience, client_id: "job" })
    expect(platform.asked.at(-1)).toBe(issuer.url)
  })

  test("calls an API", async () => {
    await using api = await startServer((_, response) => response.end("fine"))
    const call = ["call", api.url, "--flow", "github-actions"]
    expect(await runCommand(call, { env: inJob })).toMatchObject({ code: 0, stdout: "fine" })
    const { authorization = "" } = (await api.request).headers
    expect(claimsOf(authorization.replace("Bearer ", ""))).toMatchObject({ sub: job })
  })

  test("that may not ask for a token is told what it needs", async () => {
    const { code, stdout, stderr } = await runCommand(args, { env })
    expect(stderr).toMatch(/no job that may ask for a token\. \[invalid_options\]\nfix: .*id-token: write/)
    expect({ code, stdout }).toEqual({ code: 7, stdout: "" })
  })
})

describe("a pod of Kubernetes", () => {
  const args = (file: string) => ["token", "--flow", "kubernetes", "--subject", pod, "--assertion-file", file]

  test("gets a token for the one in its file", async () => {
    const { code, stdout, stderr } = await runCommand(args(await mounted(issuer.url)), { env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(claimsOf(stdout)).toMatchObject({ sub: pod, aud: audience })
  })

  test("whose file is for another audience is refused", async () => {
    const { code, stderr } = await runCommand(args(await mounted("https://kubernetes.default.svc")), { env })
    expect(stderr).toMatch(/aud must be the issuer.*\[invalid_grant\]/)
    expect(code).toBe(4)
  })

  test.each([
    ["file that is there", () => args(join(folder, "nowhere")), /the token file \(ENOENT\)\. \[supply_failed\]/],
    ["file", () => ["token", "--flow", "kubernetes", "--subject", pod], /no --assertion-file.*\[missing_option\]/],
    ["subject", () => ["token", "--flow", "kubernetes", "--assertion-file", "x"], /no --subject.*\[missing_option\]/],
  ])("needs a %s", async (_name, given, says) => {
    const { code, stdout, stderr } = await runCommand(given(), { env })
    expect(stderr).toMatch(says)
    expect({ code, stdout }).toEqual({ code: 7, stdout: "" })
  })
})
