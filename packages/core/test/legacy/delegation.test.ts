import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { type JWTPayload, SignJWT } from "jose"
import { securityToken } from "../../src/acquire/security-token.ts"
import { legacyDelegation, type LegacyDelegationOptions } from "../../src/legacy/delegation.ts"
import type { DelegationSource } from "../../src/legacy/delegation-request.ts"
import { oauthRo } from "../../src/legacy/oauth-ro.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { presentedToken } from "../../src/model/token-set.ts"
import { clientSecretBasic, clientSecretPost, none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { type Line, scripted } from "../support/scripted.ts"
import { alice, ledger } from "../support/world.ts"

const issuer = "https://tenant.example/"
const client = { issuer, clientId: "spa", clientAuth: none() }
const now = 1_800_000_000

const idTokenOf = (claims: JWTPayload) =>
  Effect.promise(() => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32)))
const delegated = (claims: JWTPayload = {}) =>
  Effect.map(idTokenOf({ iss: issuer, aud: "api", sub: "store|1", iat: now, exp: now + 1200, ...claims }), (token) => ({
    token_type: "Bearer",
    expires_in: 1200,
    id_token: token,
  }))
const own = Effect.flatMap(idTokenOf({ iss: issuer, aud: "spa", sub: "store|1", exp: now + 600 }), (token) =>
  securityToken(token, { type: "id_token" }),
)

interface Attempt {
  readonly source?: DelegationSource
  readonly target?: TargetInput
  readonly options?: LegacyDelegationOptions
  readonly as?: typeof client
}

const acquire = Effect.fnUntraced(function* (line: Line, attempt: Attempt = {}) {
  yield* TestClock.setTime(now * 1000)
  const { network, sent } = scripted(line)
  const flow = legacyDelegation(attempt.source ?? { idToken: yield* own }, attempt.options)
  const target = Result.getOrThrow(parseTarget(attempt.target ?? { audience: "api" }))
  const set = yield* Effect.provide(flow.acquire(attempt.as ?? client, target), network)
  return { set, sent, flow }
})

describe("delegation", () => {
  it.effect("posts the ID token and presents the one that comes back, no longer than the first lasts", () =>
    Effect.gen(function* () {
      const idToken = yield* own
      const { set, sent } = yield* acquire({ json: yield* delegated() }, { source: { idToken } })
      assert.strictEqual(sent[0]?.url, "https://tenant.example/delegation")
      assert.deepStrictEqual(Object.fromEntries(sent[0]?.form ?? []), {
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        client_id: "spa",
        id_token: Redacted.value(idToken.value),
        target: "api",
        api_type: "app",
        scope: "openid",
      })
      assert.strictEqual(presentedToken(set).value, set.idToken)
      assert.strictEqual(set.expiresAt, (now + 600) * 1000)
    }),
  )

  it.effect("posts a refresh token, which stays with the flow and not in the set", () =>
    Effect.gen(function* () {
      const refreshToken = yield* securityToken("legacy-refresh")
      const { set, sent, flow } = yield* acquire({ json: yield* delegated() }, { source: { refreshToken } })
      assert.strictEqual(sent[0]?.form.get("refresh_token"), "legacy-refresh")
      assert.isFalse(sent[0]?.form.has("id_token"))
      assert.isUndefined(set.refreshToken)
      assert.strictEqual(set.expiresAt, (now + 1200) * 1000)
      assert.strictEqual(flow.replay, "safe")
    }),
  )

  it.effect("renews the client's own token when no target is named; passthrough goes through", () =>
    Effect.gen(function* () {
      const json = yield* delegated({ aud: "spa" })
      const { sent, set } = yield* acquire({ json }, { target: { scope: "passthrough" } })
      assert.strictEqual(sent[0]?.form.get("target"), "spa")
      assert.strictEqual(sent[0]?.form.get("scope"), "passthrough")
      assert.deepStrictEqual(set.scopes, ["passthrough"])
    }),
  )

  it.effect("sends the client's authentication where it has one", () =>
    Effect.gen(function* () {
      const json = yield* delegated()
      const posted = yield* acquire({ json }, { as: { ...client, clientAuth: clientSecretPost("shh") } })
      assert.deepStrictEqual(posted.sent[0]?.form.getAll("client_id"), ["spa"])
      assert.strictEqual(posted.sent[0]?.form.get("client_secret"), "shh")
      const basic = yield* acquire({ json }, { as: { ...client, clientAuth: clientSecretBasic("shh") } })
      assert.deepStrictEqual(basic.sent[0]?.form.getAll("client_id"), ["spa"])
    }),
  )

  it.effect("refuses both tokens and none, by type and at run time, before anything is sent", () =>
    Effect.gen(function* () {
      const token = yield* securityToken("t")
      // @ts-expect-error one of them, never both
      const both: DelegationSource = { idToken: token, refreshToken: token }
      // @ts-expect-error one of them
      const neither: DelegationSource = {}
      for (const source of [both, neither]) {
        const error = yield* Effect.flip(acquire({ json: {} }, { source }))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "source" })
      }
    }),
  )

  const misfits: ReadonlyArray<readonly [field: string, attempt: Attempt]> = [
    ["audience", { target: { audience: ["api", "other"] } }],
    ["resource", { target: { resource: "https://api.example" } }],
    ["organization", { target: { organization: "acme" } }],
    ["extra", { options: { extra: { id_token: "x" } } }],
    ["extra", { options: { extra: { client_secret: "x" } } }],
  ]
  for (const [field, attempt] of misfits) {
    it.effect(`refuses ${JSON.stringify(attempt)} before anything is sent`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(acquire({ json: {} }, attempt))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field })
      }),
    )
  }

  const wrong: ReadonlyArray<readonly [name: string, claims: JWTPayload, problem: RegExp]> = [
    ["is for another target", { aud: "spa" }, /not for the target/],
    ["is from another issuer", { iss: "https://tenant.example" }, /not from this issuer/],
    ["is about another subject", { sub: "store|2" }, /another subject/],
    ["has expired", { exp: now - 1 }, /expired already/],
  ]
  for (const [name, claims, problem] of wrong) {
    it.effect(`refuses an ID token that ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(acquire({ json: yield* delegated(claims) }))
        assert.strictEqual(error.explanation.code, "malformed_response")
        assert.match(error.message, problem)
      }),
    )
  }

  for (const [name, json] of [
    ["no ID token", { token_type: "Bearer" }],
    ["an ID token that is no JWT", { token_type: "Bearer", id_token: "opaque" }],
    ["an ID token that is a number", { token_type: "Bearer", id_token: 7 }],
    ["a list", []],
  ] as const) {
    it.effect(`refuses ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(acquire({ json }))
        assert.strictEqual(error.explanation.code, "malformed_response")
      }),
    )
  }

  it.effect("another user's token in the exchange cache: source and form are in the identity", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* securityToken("one"), yield* securityToken("two")]
      const flows = [
        legacyDelegation({ idToken: one }),
        legacyDelegation({ idToken: two }),
        legacyDelegation({ refreshToken: one }),
        legacyDelegation({ idToken: one }, { extra: { role: "r" } }),
      ]
      assert.strictEqual(new Set(flows.map((flow) => JSON.stringify(flow.identity))).size, flows.length)
      assert.deepStrictEqual(
        flows.flatMap((flow) => flow.warnings.map((warning) => warning.name)),
        Array.from(flows, () => "legacy-delegation"),
      )
    }),
  )
})

describe("the refusals of /delegation", () => {
  const rows: ReadonlyArray<readonly [status: number, body: unknown, code: string]> = [
    [400, { error: "invalid_request", error_description: "the target is unknown" }, "invalid_target"],
    [400, { error: "invalid_request", error_description: "missing id_token parameter" }, "invalid_request"],
    [400, { error: "invalid_request", error_description: "unsupported api_type" }, "invalid_request"],
    [400, { error: "invalid_request" }, "invalid_request"],
    [401, { error: "invalid_grant", error_description: "the id_token has expired" }, "invalid_grant"],
    [401, { error: "unauthorized", error_description: "user is blocked" }, "account_blocked"],
    [401, { error: "unauthorized", error_description: "a rule says no" }, "access_denied"],
    [401, { error: "access_denied" }, "access_denied"],
    [401, { error: "invalid_client" }, "invalid_client"],
    [401, { code: "something", description: "else" }, "invalid_grant"],
    [401, "", "invalid_grant"],
    [403, { error: "unauthorized_client", error_description: "not on the target's list" }, "unauthorized_client"],
    [429, { error: "too_many_requests" }, "rate_limited"],
    [429, { message: "Too many requests. Check the X-RateLimit-Limit headers." }, "rate_limited"],
    [500, { error: "server_error" }, "unavailable"],
    [400, { error: ["a", "list"] }, "malformed_response"],
  ]
  for (const [status, body, code] of rows) {
    it.effect(`${status} ${JSON.stringify(body)} is ${code}`, () =>
      Effect.gen(function* () {
        const line = typeof body === "string" ? { status, body } : { status, json: body }
        const error = yield* Effect.flip(acquire(line))
        assert.strictEqual(error.explanation.code, code, error.message)
      }),
    )
  }
})

const old = (issuer: string): Client => ({ issuer, clientId: "old", clientAuth: none() })
const login = (issuer: string) =>
  oauthRo({ ...alice, connection: "users", device: "laptop" }).acquire(
    old(issuer),
    Result.getOrThrow(parseTarget({ scope: "openid offline_access" })),
  )
const wrong = {
  flow: () => Effect.map(securityToken("not.a.token"), (idToken) => legacyDelegation({ idToken })),
  code: "invalid_grant",
}

flowLaws("delegation with an ID token", () => ({
  flow: Effect.fnUntraced(function* (issuer) {
    const { idToken = "" } = yield* login(issuer)
    return legacyDelegation({ idToken: yield* securityToken(idToken, { type: "id_token" }) })
  }),
  client: old,
  target: { audience: ledger },
  expected: { audience: ledger, subject: /^database\|/, lifetime: 3600 },
  endpoint: "/delegation",
  wrong,
}))

flowLaws("delegation with a refresh token", () => ({
  flow: Effect.fnUntraced(function* (issuer) {
    const { refreshToken = "" } = yield* login(issuer)
    return legacyDelegation({ refreshToken: yield* securityToken(refreshToken, { type: "refresh_token" }) })
  }),
  client: old,
  target: {},
  expected: { audience: "old", subject: /^database\|/, lifetime: 36_000 },
  endpoint: "/delegation",
  wrong,
}))
