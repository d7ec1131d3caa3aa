import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { password } from "../../src/acquire/password.ts"
import { httpLayer } from "../../src/http/client.ts"
import { parseTarget } from "../../src/model/target.ts"
import { decodeTokenSet, encodeTokenSet } from "../../src/model/token-set-json.ts"
import { clockLayer } from "../../src/http/clock.ts"
import { clientSecretBasic, clientSecretJwt, clientSecretPost, privateKeyJwt } from "../../src/protocol/client-auth.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { network, orders, robotPem, startTestIssuer } from "../support/world.ts"

const issuer = "https://issuer.example"
const endpoint = `${issuer}/token`
const client = { issuer, clientId: "me", clientAuth: clientSecretBasic("my secret") }
const nothing = Result.getOrThrow(parseTarget({}))

/** A token endpoint that answers this, whatever is asked. */
const answering = (status: number, body: string, headers: Record<string, string> = {}) => {
  const fetch = () =>
    Promise.resolve(new Response(body, { status, headers: { "content-type": "application/json", ...headers } }))
  return Layer.merge(httpLayer({ fetch }), fixedDiscoveryLayer({ issuer, tokenEndpoint: endpoint }))
}
const asked = (...args: Parameters<typeof answering>) =>
  Effect.provide(clientCredentials().acquire(client, nothing), answering(...args))
const json = JSON.stringify

describe("an answer of the token endpoint", () => {
  it.effect("with everything in it", () =>
    Effect.gen(function* () {
      const body = { access_token: "at", token_type: "bEARER", expires_in: "3599", scope: "b a", refresh_token: "rt" }
      const set = yield* asked(200, json({ ...body, id_token: "it", issued_token_type: "urn:x" }))
      assert.strictEqual(Redacted.value(set.accessToken), "at")
      assert.strictEqual(set.tokenType, "Bearer")
      assert.strictEqual(set.expiresAt, set.receivedAt + 3_599_000)
      assert.deepStrictEqual(set.scopes, ["b", "a"])
      assert.strictEqual(set.refreshToken && Redacted.value(set.refreshToken), "rt")
      assert.strictEqual(set.idToken && Redacted.value(set.idToken), "it")
      assert.strictEqual(set.issuedTokenType, "urn:x")
    }),
  )

  it.effect("without a lifetime is kept for five minutes, never for ever", () =>
    Effect.gen(function* () {
      const set = yield* asked(200, json({ access_token: "at", token_type: "Bearer" }))
      assert.strictEqual(set.expiresAt - set.receivedAt, 300_000)
    }),
  )

  it.effect("that can be parsed can be stored and read again, whatever its lifetime", () =>
    Effect.gen(function* () {
      for (const lifetime of [0, 1, 3599.9995, 1e300, "3600", 9_007_199_254_740_991]) {
        const body = { access_token: "at", token_type: "Bearer", expires_in: lifetime }
        const set = yield* asked(200, json(body))
        assert.isTrue(Result.isSuccess(decodeTokenSet(encodeTokenSet(set))), String(lifetime))
      }
    }),
  )

  const malformed: ReadonlyArray<readonly [string, string]> = [
    ["HTML", "<!doctype html><title>Sign in</title>"],
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["no access_token", json({ token_type: "Bearer" })],
    ["an access_token that is a number", json({ access_token: 1, token_type: "Bearer" })],
    ["an access_token with a line break", json({ access_token: "a\r\nX-Injected: 1", token_type: "Bearer" })],
    ["an empty access_token", json({ access_token: "", token_type: "Bearer" })],
    ["no token_type", json({ access_token: "a" })],
    ["a token_type that is a number", json({ access_token: "a", token_type: 1 })],
    ["a negative lifetime", json({ access_token: "a", token_type: "Bearer", expires_in: -1 })],
    ["a lifetime that is no number", json({ access_token: "a", token_type: "Bearer", expires_in: "soon" })],
    ...["1e3", "0x10", " 60", "60 ", "-1", "", "1234567890123", true, [60], {}].map(
      (lifetime) =>
        [
          `a lifetime that is ${json(lifetime)}`,
          json({ access_token: "a", token_type: "Bearer", expires_in: lifetime }),
        ] as const,
    ),
    ["an infinite lifetime", '{"access_token":"a","token_type":"Bearer","expires_in":1e999}'],
    ["a refresh_token that is an object", json({ access_token: "a", token_type: "Bearer", refresh_token: {} })],
    ["a prototype", '{"__proto__":{"access_token":"a","token_type":"Bearer"}}'],
  ]
  for (const [name, body] of malformed) {
    it.effect(`with ${name} is malformed, and no token`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(asked(200, body, { "content-type": "text/html" }))
        assert.strictEqual(error.explanation.code, "malformed_response")
        assert.include(error.message, endpoint)
      }),
    )
  }
})

describe("a token of a type that is not known here", () => {
  for (const tokenType of ["MAC", "constructor", "x\r\ny"]) {
    it.effect(`is not taken: ${JSON.stringify(tokenType)}`, () =>
      Effect.gen(function* () {
        const { reason, message } = yield* Effect.flip(asked(200, json({ access_token: "a", token_type: tokenType })))
        const said = tokenType.replace(/\s+/, " ")
        assert.deepStrictEqual(reason, { _tag: "TokenTypeMismatch", url: endpoint, tokenType: said })
        assert.strictEqual(
          message,
          `${endpoint} issued a token of the type ${said}, with which no API can be called. ` +
            "Ask for an access token, and have the issuer give this client one of the type Bearer or DPoP.",
        )
      }),
    )
  }
})

describe("a refusal of the token endpoint", () => {
  it.effect("that comes as 200, as GitHub's do, is one like any other", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asked(200, json({ error: "invalid_grant", error_description: "because" })))
      assert.deepInclude(error.reason, { _tag: "Rejected", code: "invalid_grant", status: 200, description: "because" })
      const member = yield* asked(200, json({ access_token: "at", token_type: "Bearer", error: null }))
      assert.strictEqual(Redacted.value(member.accessToken), "at")
    }),
  )

  const codes = ["invalid_client", "invalid_grant", "invalid_scope", "invalid_target", "unauthorized_client"] as const
  for (const code of codes) {
    it.effect(`${code} keeps its name, and the server's words`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(asked(400, json({ error: code, error_description: "because" })))
        assert.deepStrictEqual(error.reason, {
          _tag: "Rejected",
          code,
          url: endpoint,
          status: 400,
          error: code,
          description: "because",
        })
        assert.isFalse(error.explanation.retryable)
      }),
    )
  }

  it.effect("that is not in the standard is told in the server's words", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asked(400, json({ error: "toString" })))
      assert.deepInclude(error.reason, { code: "rejected", error: "toString" })
    }),
  )

  it.effect("for now says how long to wait", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asked(429, json({ error: "slow" }), { "retry-after": "7" }))
      const retryAfter = Duration.seconds(7)
      assert.deepStrictEqual(error.reason, {
        _tag: "Unavailable",
        url: endpoint,
        status: 429,
        error: "slow",
        retryAfter,
      })
      assert.strictEqual(error.explanation.code, "rate_limited")
      assert.isTrue(error.explanation.retryable)
    }),
  )

  for (const body of ["", "Bad Gateway", "<html>502</html>"]) {
    it.effect(`with 502 and ${json(body)} is a passing one`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(asked(502, body, { "content-type": "text/html" }))
        assert.strictEqual(error.explanation.code, "unavailable")
      }),
    )
  }

  it.effect("with HTML is malformed", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asked(403, "<html>blocked by proxy</html>", { "content-type": "text/html" }))
      assert.strictEqual(error.explanation.code, "malformed_response")
      assert.include(error.message, "403 with text/html")
    }),
  )

  it.effect("is made printable: one line, no JWT, nothing that was secret in the request", () =>
    Effect.gen(function* () {
      const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
      const words = `the password hunter2-hunter2 and ${jwt}\r\nSet-Cookie: x\u001b[31m`
      const flow = password({ username: "alice", password: "hunter2-hunter2" })
      const error = yield* Effect.flip(
        Effect.provide(
          flow.acquire(client, nothing),
          answering(400, json({ error: "invalid_grant", error_description: words })),
        ),
      )
      assert.deepInclude(error.reason, {
        code: "invalid_credentials",
        description: "the password [removed] and [token removed] Set-Cookie: x [31m",
      })
    }),
  )
})

describe("a server that repeats what it was sent", () => {
  const secret = "super+secret/ü&value"
  const words = (sent: RequestInit | undefined): string => {
    const authorization = new Headers(sent?.headers).get("authorization") ?? ""
    const decoded = authorization === "" ? "" : atob(authorization.slice(6))
    return JSON.stringify({
      error: "invalid_client",
      error_description: `${authorization} ${decoded} ${String(sent?.body)} ${secret}`,
    })
  }
  const echoing = Layer.merge(
    httpLayer({ fetch: (_, init) => Promise.resolve(new Response(words(init), { status: 401 })) }),
    fixedDiscoveryLayer({ issuer, tokenEndpoint: endpoint }),
  )
  for (const [name, clientAuth] of [
    ["the header", clientSecretBasic(secret)],
    ["the body", clientSecretPost(secret)],
  ] as const) {
    it.effect(`does not bring the secret out of ${name} into the error, in no spelling`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          Effect.provide(clientCredentials().acquire({ ...client, clientAuth }, nothing), echoing),
        )
        assert.strictEqual(error.explanation.code, "invalid_client")
        const printed = `${error.message} ${JSON.stringify(error)}`
        const spellings = [
          secret,
          encodeURIComponent(secret),
          "super%2Bsecret",
          btoa(`me:${encodeURIComponent(secret)}`),
        ]
        for (const spelling of spellings) assert.notInclude(printed, spelling)
        assert.include(printed, "[removed]")
      }),
    )
  }
})

describe("a secret that is missing", () => {
  const missing = undefined as unknown as string
  for (const [name, clientAuth] of [
    ["client_secret_basic", clientSecretBasic(missing)],
    ["client_secret_post", clientSecretPost("")],
    ["client_secret_jwt", clientSecretJwt(missing)],
    ["private_key_jwt", privateKeyJwt(missing)],
  ] as const) {
    it.effect(`is said by its name with ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          Effect.provide(clientCredentials().acquire({ ...client, clientAuth }, nothing), answering(200, "{}")),
        )
        assert.strictEqual(error.explanation.code, "invalid_options")
        assert.match(error.message, /(clientSecret|key) is missing/)
      }),
    )
  }
})

describe("a wrong clock", () => {
  for (const [name, offset] of [
    ["a day ahead", 86_400_000],
    ["a day behind", -86_400_000],
  ] as const) {
    it.live(`${name} is named as the cause when an assertion is refused`, () =>
      Effect.gen(function* () {
        const real = yield* Effect.acquireRelease(Effect.promise(startTestIssuer), (it) =>
          Effect.promise(() => it.close()),
        )
        const robot = { issuer: real.url, clientId: "robot", clientAuth: privateKeyJwt(robotPem) }
        const target = Result.getOrThrow(parseTarget({ audience: orders }))
        const error = yield* Effect.flip(
          Effect.provide(
            clientCredentials().acquire(robot, target),
            Layer.provideMerge(
              network(),
              clockLayer(() => Date.now() + offset),
            ),
          ),
        )
        assert.strictEqual(error.explanation.code, "invalid_client")
        const ahead = error.reason._tag === "Rejected" ? error.reason.clockAheadSeconds : undefined
        assert.closeTo(ahead ?? 0, offset / 1000, 2)
        assert.match(error.message, /Set this machine's clock: it is 8\d{4} s (ahead of|behind) the server's/)
      }).pipe(Effect.scoped),
    )
  }
})
