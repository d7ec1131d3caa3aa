import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { decodeJwt } from "jose"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, assert, beforeAll, describe, it } from "vitest"
import {
  type ClientEvent,
  type Flow,
  firstOf,
  githubActions,
  kubernetes,
  password,
  providedBy,
  workloadIdentity,
} from "../../src/index.ts"
import { ada, caught, clientOf, orders } from "../support/world.ts"
import { type Platform, startPlatform } from "@bearerkit/services"

let platform: Platform
let issuer: Issuer
let folder: string

beforeAll(async () => {
  platform = await startPlatform()
  folder = mkdtempSync(join(tmpdir(), "bearerkit-workload-"))
  issuer = await startIssuer({
    config: {
      clients: [{ id: "job", auth: "none", grants: ["jwt-bearer", "password"] }],
      apis: [{ audience: orders, scopes: ["read"] }],
      connections: [{ name: "users", strategy: "database", users: [ada] }],
      trustedAssertionIssuers: [
        {
          issuer: platform.issuer,
          jwksUri: `${platform.issuer}/.well-known/jwks`,
          subjects: ["repo:octo/shop:ref:refs/heads/main", "system:serviceaccount:shop:reporter"],
          reusable: true,
        },
      ],
    },
    collectSecrets: true,
  })
})
afterEach(() => {
  platform.intercept = () => false
})
afterAll(async () => {
  await issuer.close()
  await platform[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const job = (flow: Flow, onEvent?: (event: ClientEvent) => void) =>
  clientOf(issuer, {
    clientId: "job",
    flow,
    target: { audience: orders, scope: "read" },
    onWarning: () => {},
    ...(onEvent && { onEvent }),
  })
const given = () => ({ requestUrl: platform.requestUrl, requestToken: platform.requestToken, subject: "this job" })

describe("a job at GitHub Actions", () => {
  it("trades the token it may ask for, made out to the issuer, anew for each request", async () => {
    await using client = job(workloadIdentity(githubActions(given())))
    const before = platform.asked.length
    const claims = decodeJwt(await client.token())
    assert.strictEqual(claims.sub, "repo:octo/shop:ref:refs/heads/main")
    assert.strictEqual(claims.aud, orders)
    await client.token({ audience: orders })
    assert.deepStrictEqual(platform.asked.slice(before), [issuer.url, issuer.url])
  })

  it("takes all it needs from the environment of the moment it is called", async () => {
    const names = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_RUN_ID"]
    const before = names.map((name) => process.env[name])
    process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] = platform.requestUrl
    process.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = platform.requestToken
    process.env["GITHUB_RUN_ID"] = "7"
    const source = githubActions()
    for (const [at, name] of names.entries()) {
      if (before[at] === undefined) delete process.env[name]
      else process.env[name] = before[at]
    }
    assert.include(source.subject, '"7"')
    await using client = job(workloadIdentity(source))
    assert.strictEqual(decodeJwt(await client.token()).sub, "repo:octo/shop:ref:refs/heads/main")
  })

  it("can name another audience, which this issuer then refuses", async () => {
    await using client = job(workloadIdentity(githubActions({ ...given(), audience: "https://other.example" })))
    const error = await caught(client.token())
    assert.strictEqual(error.code, "invalid_grant")
    assert.match(error.message, /aud must be the issuer/)
  })

  const troubles: ReadonlyArray<readonly [name: string, source: () => object, code: string, says: RegExp]> = [
    ["no job", () => ({ requestUrl: undefined }), "invalid_options", /Give the job `id-token: write`/],
    ["an address that is none", () => ({ requestUrl: "idtoken" }), "invalid_options", /requestUrl is missing/],
    [
      "plain http",
      () => ({ requestUrl: "http://github.example/x" }),
      "invalid_options",
      /The option requestUrl must be an https/,
    ],
    ["a wrong request token", () => ({ requestToken: "wrong" }), "supply_failed", /GitHub refused with 401/],
    ["nobody there", () => ({ requestUrl: "http://127.0.0.1:9/x" }), "unreachable", /could not be reached/],
  ]
  for (const [name, source, code, says] of troubles) {
    it(`says what is wrong: ${name}`, async () => {
      const flow = workloadIdentity(githubActions({ ...given(), ...source() }))
      await using client = job({ ...flow, replay: "never" })
      const error = await caught(client.token())
      assert.strictEqual(error.code, code)
      assert.match(error.message, says)
      assert.notInclude(error.message, platform.requestToken)
    })
  }

  const answers: ReadonlyArray<readonly [name: string, status: number, body: string, code: string]> = [
    ["HTML", 200, "<html>", "supply_failed"],
    ["null", 200, "null", "supply_failed"],
    ["no value", 200, "{}", "supply_failed"],
    ["a number", 200, '{"value":7}', "supply_failed"],
    ["text with a line break", 200, '{"value":"a.b.c\\nx"}', "supply_failed"],
    ["a megabyte", 200, `{"value":"${"x".repeat(1_000_000)}"}`, "malformed_response"],
    ["that it is busy", 503, "busy", "unavailable"],
    ["a redirect", 302, "", "malformed_response"],
  ]
  for (const [name, status, body, code] of answers) {
    it(`refuses an answer that is ${name}`, async () => {
      platform.intercept = (response) => {
        response.writeHead(status, { location: "https://evil.example" }).end(body)
        return true
      }
      await using client = job({ ...workloadIdentity(githubActions(given())), replay: "never" })
      assert.strictEqual((await caught(client.token())).code, code)
    })
  }
})

describe("a pod of Kubernetes", () => {
  const subject = "system:serviceaccount:shop:reporter"
  const mounted = async (text?: string): Promise<string> => {
    const tokenFile = join(folder, crypto.randomUUID())
    writeFileSync(tokenFile, text ?? (await platform.vouch(subject, issuer.url)))
    return tokenFile
  }

  it("trades the token in its file, which is read each time", async () => {
    const tokenFile = await mounted()
    await using client = job(workloadIdentity(kubernetes({ tokenFile, subject })))
    assert.strictEqual(decodeJwt(await client.token()).sub, subject)
    assert.strictEqual(decodeJwt(await client.token({ audience: orders })).sub, subject)
    // the kubelet has replaced it, by one for another audience
    writeFileSync(tokenFile, await platform.vouch(subject, "https://kubernetes.default.svc"))
    const error = await caught(client.token({ audience: orders, scope: "read", organization: "new" }))
    assert.match(error.message, /aud must be the issuer/)
  })

  const files: ReadonlyArray<readonly [name: string, file: () => string | Promise<string>, says: RegExp]> = [
    ["not there", () => join(folder, "nowhere"), /the token file \(ENOENT\)/],
    ["a directory", () => folder, /the token file \(EISDIR\)/],
    ["empty", () => mounted(""), /the token file holds no JWT/],
    ["two lines", () => mounted("a.b.c\nd.e.f"), /holds no JWT/],
    ["too long", () => mounted(`a.b.${"c".repeat(70_000)}`), /holds no JWT/],
  ]
  for (const [name, file, says] of files) {
    it(`says what is wrong with a file that is ${name}`, async () => {
      await using client = job(workloadIdentity(kubernetes({ tokenFile: await file(), subject })))
      const error = await caught(client.token())
      assert.strictEqual(error.code, "supply_failed")
      assert.match(error.message, says)
    })
  }

  it("is named by an option that may come from a variable which is not set", async () => {
    await using client = job(workloadIdentity(kubernetes({ tokenFile: "", subject })))
    const error = await caught(client.token())
    assert.strictEqual(error.code, "invalid_options")
    assert.match(error.message, /option tokenFile is missing/)
  })

  it("may hold a line break at its end", async () => {
    const tokenFile = await mounted(`${await platform.vouch(subject, issuer.url)}\n`)
    await using client = job(workloadIdentity(kubernetes({ tokenFile, subject })))
    assert.isString(await client.token())
  })
})

describe("a chain of workload identities", () => {
  it("says which answered and why the others did not, in events and in the error", async () => {
    const events: Array<ClientEvent> = []
    const nowhere = kubernetes({ tokenFile: join(folder, "nowhere"), subject: "x" })
    const links = [workloadIdentity(githubActions({ requestUrl: "none" })), workloadIdentity(nowhere)]
    await using client = job(firstOf([...links, password(ada)]), (event) => void events.push(event))
    await client.token()
    const answered = events.find((event) => event.type === "chain-answered")
    assert.deepInclude(answered, { grant: "password", index: 2 })
    assert.deepStrictEqual(
      answered?.others.map(({ code }) => code),
      ["invalid_options", "supply_failed"],
    )
    await using none = job(firstOf(links))
    const error = await caught(none.token())
    assert.strictEqual(error.code, "no_link_answered")
    assert.match(error.message, /id-token|requestUrl is missing/)
    assert.match(error.message, /ENOENT/)
    for (const secret of issuer.minted) assert.notInclude(JSON.stringify(events), secret)
  })

  it("takes any other platform's assertion from a function", async () => {
    const subject = "system:serviceaccount:shop:reporter"
    await using client = job(workloadIdentity(providedBy(subject, () => platform.vouch(subject, issuer.url))))
    assert.strictEqual(decodeJwt(await client.token()).sub, subject)
  })
})
