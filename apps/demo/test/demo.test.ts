import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { isBrowserAvailable, isCurlAvailable, isRedisAvailable, isSlapdAvailable } from "@bearerkit/services"
import { assert, describe, it } from "vitest"
import { watched } from "../../../scripts/leaks/watched.ts"

interface Row {
  readonly step: string
  readonly ok?: boolean
  readonly skipped?: string
  readonly detail?: Readonly<Record<string, unknown>>
}

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const demo = async (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...watched() },
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")])
  return { stdout, stderr, code: code as number | null }
}
const rowsOf = (stdout: string): ReadonlyArray<Row> =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row)

const inBrowser = [
  "spa/sign-in",
  "spa/hash-sign-in",
  "spa/call-api",
  "spa/delegated-call",
  "spa/two-tabs-renew-once",
  "spa/logout-everywhere",
  "spa/offline",
  "spa/guard",
  "spa/step-up",
]
/** What the steps that cannot be taken here lack. */
const lacking: Readonly<Record<string, RegExp>> = {
  ...(!isSlapdAvailable().available && { "service/oauth-ro-ldap": /slapd/ }),
  ...(!isCurlAvailable().available && { "script/batch-file": /curl/ }),
  ...(!isRedisAvailable().available && { "fleet/redis-renew-once": /redis/ }),
  ...(!isRedisAvailable().available && { "web/renewal-under-load": /redis/ }),
  ...(!isBrowserAvailable().available && Object.fromEntries(inBrowser.map((step) => [step, /chromium/i]))),
}

const service = [
  "oauth-ro-database",
  "oauth-ro-ldap",
  "password-realm",
  "client-credentials",
  "private-key-jwt",
  "jwt-bearer",
]
const api = ["accepts", "rejects-tampered", "rejects-expired", "rejects-wrong-audience"]
const delegation = ["delegation/legacy", "delegation/token-exchange", "delegation/open-by-default", "delegation/chain"]
const withPerson = [
  "spa/code-pkce",
  "spa/location-hash",
  "native/device",
  "lifecycle/refresh-rotation",
  "lifecycle/logout-discards-renewal",
]
const web = ["web/cookies", "web/renewal-under-load", "web/on-behalf-of", "web/back-channel-logout"]
const worker = ["verifies", "delegates-legacy", "delegates-exchange", "login", "renews-once", "evicted-and-back"]
const all = [
  ...service.map((name) => `service/${name}`),
  ...api.map((name) => `api/${name}`),
  ...withPerson.slice(0, 2),
  ...inBrowser,
  "native/device",
  "native/loopback",
  "native/user-has-token",
  "script/batch-file",
  "workload/kubernetes",
  "workload/github-actions",
  ...delegation,
  ...withPerson.slice(3),
  "lifecycle/retries",
  "fleet/redis-renew-once",
  ...web,
  ...worker.map((name) => `worker/${name}`),
]
const possible = all.filter((step) => lacking[step] === undefined)

describe("the demo", { timeout: 300_000 }, () => {
  it("takes the whole tour, and the issuer's log bears every token that a step names", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bearerkit-demo-"))
    const { stdout, stderr, code } = await demo("--once", "--json", "--audit", join(folder, "audit.jsonl"))
    assert.strictEqual(code, 0, stdout + stderr)
    const rows = rowsOf(stdout)
    assert.deepStrictEqual(
      rows.map((row) => row.step),
      all,
    )
    for (const row of rows) {
      const lack = lacking[row.step]
      if (lack === undefined) assert.isTrue(row.ok, row.step)
      else assert.match(row.skipped ?? "", lack)
    }
    const audit = rowsOf(await readFile(join(folder, "audit.jsonl"), "utf8")) as unknown as ReadonlyArray<
      Record<string, unknown>
    >
    for (const { step, detail } of rows.filter((row) => row.ok)) {
      const entry = audit.find(({ jti }) => jti === detail?.["jti"])
      assert.isDefined(entry, step)
      if (detail?.["client"] !== undefined) assert.strictEqual(entry?.["client"], detail["client"])
    }
    assert.notMatch(stdout + JSON.stringify(audit), /eyJ[\w-]+\./)
    await rm(folder, { recursive: true })
  })

  const keyed = new Set([
    "service/private-key-jwt",
    "service/jwt-bearer",
    "workload/kubernetes",
    "workload/github-actions",
    ...api.slice(1).map((name) => `api/${name}`),
  ])
  const needed: Readonly<Record<string, ReadonlyArray<string>>> = {
    "wrong-secret": possible.filter((step) => !keyed.has(step)),
    "issuer-stopped": possible,
    "clock-ahead": possible.filter((step) => step !== "lifecycle/retries" && step !== "delegation/open-by-default"),
  }
  for (const [way, steps] of Object.entries(needed)) {
    it.concurrent(`turns exactly the steps false that depend on it: --break ${way}`, async () => {
      const { stdout, code } = await demo("--json", "--break", way)
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(
        rowsOf(stdout)
          .filter((row) => row.ok === false)
          .map((row) => row.step),
        steps,
      )
    })
  }

  it("takes only some steps, and tells people what happened", async () => {
    const { stdout, code } = await demo("--once", "--only", "service/client")
    assert.strictEqual(code, 0)
    assert.match(
      stdout,
      /✓ service\/client-credentials +reporter got a token for \S+ by .*, valid 60 min; the API read reporter/,
    )
    assert.notInclude(stdout, "service/password")
  })

  it("keeps running until it is stopped, and prints what to try", async () => {
    const child = spawn(process.execPath, [main, "--only", "service/client"], { stdio: ["ignore", "pipe", "inherit"] })
    let printed = ""
    for await (const chunk of child.stdout) {
      printed += String(chunk)
      const url = /curl (http:\S+openid-configuration)/.exec(printed)?.[1]
      const web = /in a browser: (http:\S+)/.exec(printed)?.[1]
      if (url === undefined || web === undefined || !printed.includes("curl -H @-")) continue
      assert.strictEqual((await fetch(url)).status, 200)
      assert.include(await (await fetch(web)).text(), "Sign in")
      child.kill("SIGINT")
      break
    }
    const [code] = await once(child, "exit")
    assert.strictEqual(code, 0)
  })

  it("says what is wrong with its options", async () => {
    for (const args of [["--break", "legs"], ["--only", "nothing/here"], ["--unknown"], ["extra"]]) {
      const { code, stderr, stdout } = await demo(...args)
      assert.strictEqual(code, 2, args.join(" "))
      assert.match(stderr, /^demo: .+ \(--help tells more\)\n$/)
      assert.strictEqual(stdout, "")
    }
  })

  it("explains itself", async () => {
    const { stdout, code } = await demo("--help")
    assert.strictEqual(code, 0)
    for (const option of ["--once", "--only", "--json", "--audit", "--break"]) assert.include(stdout, option)
  })
})
