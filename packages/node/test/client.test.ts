import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import { keyValueStore, memoryLockLayer } from "@bearerkit/core"
import * as Layer from "effect/Layer"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, assert, beforeAll, describe, expectTypeOf, it } from "vitest"
import {
  BearerError,
  type BearerErrorCode,
  type ClientOptions,
  clientCredentials,
  clientSecretBasic,
  clientSecretJwt,
  createClient,
  oauthRo,
  password,
  privateKeyJwt,
} from "../src/index.ts"
import { generateKeyPairSync } from "node:crypto"

const audience = "https://orders.example"
const secret = "the secret of svc, which is long enough"
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString()

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer({
    config: defineIssuer({
      clients: [
        { id: "svc", secret, grants: ["client_credentials", "password", "oauth-ro"] },
        {
          id: "signer",
          publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
          grants: ["client_credentials"],
        },
      ],
      apis: [{ audience, scopes: ["read", "write"] }],
      connections: [{ name: "users", strategy: "database", users: [{ username: "ada", password: "correct horse" }] }],
    }),
  })
})
afterAll(() => issuer.close())

const svc = (options: Partial<ClientOptions> = {}) =>
  createClient({
    issuer: issuer.url,
    clientId: "svc",
    clientAuth: clientSecretBasic(secret),
    flow: clientCredentials(),
    onWarning: () => {},
    ...options,
  })
const caught = async (promise: Promise<unknown>): Promise<BearerError> => {
  const error = await promise.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  )
  assert.instanceOf(error, BearerError)
  return error
}

describe("createClient", () => {
  it("costs one request for 100 concurrent callers of one target, ten for ten targets", async () => {
    await using client = svc()
    const before = issuer.countRequests("/token")
    const tokens = await Promise.all(Array.from({ length: 100 }, () => client.token({ audience })))
    assert.strictEqual(new Set(tokens).size, 1)
    assert.strictEqual(issuer.countRequests("/token") - before, 1)
    const targets = Array.from({ length: 10 }, (_, n) => ({ audience, organization: `tenant-${n}` }))
    await Promise.all(Array.from({ length: 100 }, (_, n) => client.token(targets[n % 10])))
    assert.strictEqual(issuer.countRequests("/token") - before, 11)
  })

  it("keeps tokens where it is told, for the next client that is told the same", async () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key),
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    }
    const store = {
      services: Layer.build(
        Layer.merge(
          keyValueStore(() => storage),
          memoryLockLayer,
        ),
      ),
    }
    const before = issuer.countRequests("/token")
    await using one = svc({ storage: store })
    await using other = svc({ storage: store })
    await using apart = svc()
    const token = await one.token({ audience })
    assert.strictEqual(await other.token({ audience }), token)
    assert.strictEqual(issuer.countRequests("/token") - before, 1)
    assert.notStrictEqual(await apart.token({ audience }), token)
  })

  it("tells a token's type, scopes and expiry", async () => {
    await using client = svc({ target: { audience, scope: "write read" } })
    const credential = await client.credential()
    assert.deepInclude(credential, {
      type: "Bearer",
      scopes: ["read", "write"],
      authorization: `Bearer ${credential.token}`,
    })
    assert.closeTo(credential.expiresAt, Date.now() + 3_600_000, 5000)
    assert.strictEqual(await client.token({ audience, scope: ["read", "write"] }), credential.token)
  })

  it("warns of a flow's dangers once, through process.emitWarning unless told otherwise", async () => {
    const warnings: Array<string> = []
    const flow = oauthRo({ username: "ada", password: "correct horse", connection: "users" })
    await using client = svc({ flow, onWarning: ({ name }) => void warnings.push(name) })
    await client.token()
    await client.token()
    assert.deepStrictEqual(warnings, ["legacy-oauth-ro"])
    const emitted = new Promise<Error & { code?: string }>((resolve) => process.once("warning", resolve))
    await createClient({ issuer: issuer.url, clientId: "svc", flow }).close()
    assert.deepInclude(await emitted, { name: "BearerKitWarning", code: "legacy-oauth-ro" })
  })

  it("aborts with the signal's reason, and only the caller who asked for it", async () => {
    await using client = svc()
    const controller = new AbortController()
    const reason = new Error("changed my mind")
    const aborted = client.token({ audience }, { signal: controller.signal })
    const other = client.token({ audience })
    controller.abort(reason)
    const outcome = await aborted.catch((error: unknown) => error)
    assert.strictEqual(outcome, reason)
    assert.isString(await other)
  })

  it("ends what is under way when it is closed", async () => {
    await using deaf = await serving(() => {})
    const client = svc({ issuer: deaf.url })
    const waiting = caught(client.token())
    await client.close()
    assert.strictEqual((await waiting).code, "closed")
    assert.strictEqual((await caught(client.token())).code, "closed")
  })

  it("gives no token after it was closed, not even one at hand", async () => {
    const client = svc()
    await client.token({ audience })
    await client.close()
    assert.strictEqual((await caught(client.token({ audience }))).code, "closed")
  })

  it("refuses a target that is no object", async () => {
    await using client = svc()
    for (const target of ["https://api.example", null]) {
      assert.match((await caught(client.token(target as unknown as object))).message, /target must be an object/)
    }
  })

  it("has an error whose code narrows", () => {
    expectTypeOf<BearerErrorCode>()
      .extract<"invalid_client" | "unreachable" | "closed">()
      .toEqualTypeOf<"invalid_client" | "unreachable" | "closed">()
    // @ts-expect-error a code that is none
    assert.isFalse(new BearerError("closed", "m", { fix: "f" }).code === "no such code")
  })
})

interface Serving extends AsyncDisposable {
  readonly url: string
}

const serving = async (handle: Parameters<typeof createServer>[1]): Promise<Serving> => {
  const server: Server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe("a hostile world gives a clear error, no crash and no token", () => {
  interface Trouble {
    readonly name: string
    readonly options: () => Partial<ClientOptions>
    readonly code: BearerErrorCode
    readonly says: RegExp
  }
  const day = 86_400_000
  const signer: Partial<ClientOptions> = { clientId: "signer", clientAuth: privateKeyJwt(key) }
  const troubles: ReadonlyArray<Trouble> = [
    {
      name: "an issuer with a slash too many",
      options: () => ({ issuer: `${issuer.url}/` }),
      code: "issuer_mismatch",
      says: /Set the issuer to exactly what the server calls itself/,
    },
    {
      name: "a wrong secret",
      options: () => ({ clientAuth: clientSecretBasic("wrong") }),
      code: "invalid_client",
      says: /Check the client id, its secret/,
    },
    {
      name: "a secret of 3 bytes",
      options: () => ({ clientAuth: clientSecretJwt("abc") }),
      code: "invalid_options",
      says: /has 3 bytes, and HS256 needs at least 32/,
    },
    {
      name: "an unknown audience",
      options: () => ({ target: { audience: "https://nowhere.example" } }),
      code: "invalid_target",
      says: /Check the audience/,
    },
    {
      name: "a clock one day ahead",
      options: () => ({ ...signer, now: () => Date.now() + day }),
      code: "invalid_client",
      says: /Set this machine's clock: it is 8\d{4} s ahead of the server's/,
    },
    {
      name: "a clock one day behind",
      options: () => ({ ...signer, now: () => Date.now() - day }),
      code: "invalid_client",
      says: /Set this machine's clock: it is 8\d{4} s behind the server's/,
    },
    {
      name: "an empty password",
      options: () => ({ flow: password({ username: "ada", password: "" }) }),
      code: "invalid_options",
      says: /password is missing or empty/,
    },
    {
      name: "a user name that is an LDAP filter",
      options: () => ({ flow: oauthRo({ username: "*)(uid=*", password: "x", connection: "users" }), target: {} }),
      code: "invalid_credentials",
      says: /Check the user name and password/,
    },
  ]
  for (const { name, options, code, says } of troubles) {
    it(name, async () => {
      await using client = svc({ target: { audience }, ...options() })
      const error = await caught(client.token())
      assert.strictEqual(error.code, code, error.message)
      assert.match(error.message, says)
      assert.notInclude(error.message, secret)
    })
  }

  it("an issuer that is not there", async () => {
    await using client = svc({
      issuer: "http://127.0.0.1:9",
      flow: oauthRo({ username: "a", password: "b", connection: "c" }),
    })
    const error = await caught(client.token())
    assert.strictEqual(error.code, "unreachable")
    assert.isTrue(error.retryable)
    assert.match(error.message, /http:\/\/127\.0\.0\.1:9\/oauth\/ro could not be reached/)
  })

  const answers: ReadonlyArray<
    readonly [name: string, handle: Parameters<typeof createServer>[1], code: BearerErrorCode]
  > = [
    ["HTML instead of JSON", (_, response) => void response.end("<!doctype html>"), "malformed_response"],
    ["10 MB", (_, response) => void response.end(Buffer.alloc(10_000_000, "{")), "malformed_response"],
    [
      "a redirect",
      (_, response) => void response.writeHead(302, { location: "https://evil.example" }).end(),
      "malformed_response",
    ],
    [
      "half an answer",
      (_, response) => void response.writeHead(200, { "content-length": 9 }).write("{", () => response.destroy()),
      "unreachable",
    ],
    ["an answer that never ends", (_, response) => void response.writeHead(200).write("{"), "timeout"],
    ["no answer at all", () => {}, "timeout"],
  ]
  for (const [name, handle, code] of answers) {
    it(`an issuer that answers ${name}`, async () => {
      await using server = await serving(handle)
      const flow = oauthRo({ username: "ada", password: "correct horse", connection: "users" })
      await using client = svc({ issuer: server.url, flow, timeout: code === "timeout" ? 300 : 20_000 })
      const error = await caught(client.token())
      assert.strictEqual(error.code, code, error.message)
      assert.include(error.message, `${server.url}/oauth/ro`)
      assert.notInclude(error.message, "correct horse")
    })
  }
})
