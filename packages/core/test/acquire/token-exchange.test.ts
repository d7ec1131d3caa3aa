import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { password } from "../../src/acquire/password.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { tokenExchange, type TokenExchangeOptions } from "../../src/acquire/token-exchange.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { readVectors } from "../jws/vectors.ts"
import { flowLaws } from "../laws/flow.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"
import { alice, ledger, orders, secretOf } from "../support/world.ts"

interface Vector {
  readonly id: string
  readonly form?: string
  readonly headers?: ReadonlyArray<string>
  readonly json?: Readonly<Record<string, unknown>>
}

const exchange = Effect.fnUntraced(function* (
  line: Line,
  options: Partial<TokenExchangeOptions> = {},
  target: TargetInput = {},
) {
  const { network, sent } = scripted(line)
  const subject = options.subject ?? (yield* securityToken("subject-token"))
  const flow = tokenExchange({ subject, ...options })
  const client = { ...scriptedClient, clientId: "rs08", clientAuth: clientSecretBasic("long-secure-random-secret") }
  const set = yield* Effect.provide(flow.acquire(client, Result.getOrThrow(parseTarget(target))), network)
  return { set, sent }
})

const ok = { access_token: "issued", token_type: "Bearer", expires_in: 600, issued_token_type: "urn:x:y" }
const refused = (status: number, error: string, description?: string) =>
  Effect.map(
    Effect.flip(exchange({ status, json: { error, error_description: description } })),
    (failure) => failure.explanation.code,
  )

describe("the examples of RFC 8693", () => {
  const vectors = readVectors<ReadonlyArray<Vector>>("rfc-vectors.json")
  const vector = (id: string): Vector => vectors.find((each) => each.id === id) ?? { id }
  const sorted = (form: string | undefined) =>
    [...new URLSearchParams(form)].map(([name, value]) => `${name}=${value}`).sort()

  const targets: Readonly<Record<string, TargetInput>> = {
    "rfc8693-2.3": { resource: "https://backend.example.com/api" },
    "rfc8693-A.1.1": { audience: "urn:example:cooperation-context" },
    "rfc8693-A.2.1": { audience: "urn:example:cooperation-context" },
  }
  for (const [id, target] of Object.entries(targets)) {
    it.effect(`${id}: the request is the one of the text`, () =>
      Effect.gen(function* () {
        const { form, headers } = vector(`${id}-request`)
        const given = new URLSearchParams(form)
        const type = given.get("subject_token_type") ?? ""
        const subject = yield* securityToken(given.get("subject_token") ?? "", { type })
        const actorToken = given.get("actor_token")
        const actor = actorToken === null ? undefined : yield* securityToken(actorToken, { type: "jwt" })
        const options = actor === undefined ? { subject } : { subject, actor }
        const { sent } = yield* exchange({ json: ok }, options, target)
        assert.deepStrictEqual(sorted(sent[0]?.form.toString()), sorted(form))
        const authorization = headers?.find((header) => header.startsWith("Authorization: "))?.slice(15)
        if (authorization !== undefined) assert.strictEqual(sent[0]?.headers.get("authorization"), authorization)
      }),
    )
  }

  it.effect("2.3, A.1.3 and A.2.4: the answers are read", () =>
    Effect.gen(function* () {
      const read = (id: string) => exchange({ json: vector(id).json })
      const first = (yield* read("rfc8693-2.3-response")).set
      assert.deepInclude(first, {
        tokenType: "Bearer",
        issuedTokenType: "urn:ietf:params:oauth:token-type:access_token",
      })
      assert.strictEqual(first.expiresAt - first.receivedAt, 60_000)
      const last = (yield* read("rfc8693-A.2.4-response")).set
      assert.deepInclude(last, { tokenType: "N_A", issuedTokenType: "urn:ietf:params:oauth:token-type:jwt" })
    }),
  )
})

describe("an exchange", () => {
  it.effect("is read with and without issued_token_type", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* exchange({ json: ok })).set.issuedTokenType, "urn:x:y")
      const { issued_token_type: _, ...without } = ok
      assert.isUndefined((yield* exchange({ json: without })).set.issuedTokenType)
    }),
  )

  it.effect("ends no later than the subject's token", () =>
    Effect.gen(function* () {
      const brief = yield* securityToken("subject-token", { expiresAt: 30_000 })
      assert.strictEqual((yield* exchange({ json: ok }, { subject: brief })).set.expiresAt, 30_000)
      const long = yield* securityToken("subject-token", { expiresAt: 9_000_000 })
      assert.strictEqual((yield* exchange({ json: ok }, { subject: long })).set.expiresAt, 600_000)
    }),
  )

  it.effect("asks for a token type by short name or URI, and sends what the server wants besides", () =>
    Effect.gen(function* () {
      const options = { requestedTokenType: "jwt", extra: { connection: "google", a: "1" } }
      const { sent } = yield* exchange({ json: ok }, options)
      assert.strictEqual(sent[0]?.form.get("requested_token_type"), "urn:ietf:params:oauth:token-type:jwt")
      assert.strictEqual(sent[0]?.form.get("connection"), "google")
    }),
  )

  for (const name of ["subject_token", "actor_token_type", "grant_type", "client_secret", "resource", "scope", ""]) {
    it.effect(`does not let an extra parameter be called "${name}"`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(exchange({ json: ok }, { extra: { [name]: "mine" } }))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "extra" })
        assert.notInclude(error.message, "mine")
      }),
    )
  }

  it("another user's token in the exchange cache: whatever changes the answer is in the identity", () => {
    const subjectOf = (digest: string) => ({
      value: Redacted.make(digest),
      type: "urn:x",
      digest,
      expiresAt: undefined,
    })
    const flows = ["a", "b"].flatMap((digest) => {
      const subject = subjectOf(digest)
      return [
        tokenExchange({ subject }),
        tokenExchange({ subject, actor: subjectOf("c") }),
        tokenExchange({ subject: { ...subject, type: "urn:y" } }),
        tokenExchange({ subject, requestedTokenType: "jwt" }),
        tokenExchange({ subject, extra: { connection: "x" } }),
      ]
    })
    assert.strictEqual(new Set(flows.map((flow) => JSON.stringify(flow.identity))).size, flows.length)
    const [one, two] = [
      { a: "1", b: "2" },
      { b: "2", a: "1" },
    ].map((extra) => tokenExchange({ subject: subjectOf("a"), extra }))
    assert.deepStrictEqual(one?.identity, two?.identity)
  })
})

describe("the refusal of an exchange", () => {
  const rows: ReadonlyArray<readonly [status: number, error: string, description: string | undefined, code: string]> = [
    [400, "invalid_request", "The subject_token is expired", "invalid_grant"],
    [400, "invalid_request", "actor token not acceptable", "invalid_grant"],
    [400, "invalid_request", "subject_token_type is not supported", "invalid_request"],
    [400, "invalid_request", "unsupported token type of subject token", "invalid_request"],
    [400, "invalid_request", "missing parameter", "invalid_request"],
    [400, "invalid_request", undefined, "invalid_request"],
    [401, "invalid_request", "bad token", "invalid_grant"],
    [401, "unauthorized", undefined, "invalid_grant"],
    [400, "invalid_token", "Invalid token", "invalid_grant"],
    [401, "invalid_subject_token", undefined, "invalid_grant"],
    [400, "invalid_grant", undefined, "invalid_grant"],
    [400, "invalid_target", undefined, "invalid_target"],
    [401, "invalid_client", undefined, "invalid_client"],
    [403, "access_denied", "may not act for alice", "access_denied"],
    [400, "unauthorized_client", undefined, "unauthorized_client"],
    [429, "too_many_attempts", undefined, "too_many_attempts"],
    [503, "temporarily_unavailable", undefined, "unavailable"],
  ]
  for (const [status, error, description, code] of rows) {
    it.effect(`${status} ${error}${description === undefined ? "" : ` (${description})`} is ${code}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refused(status, error, description), code)
      }),
    )
  }

  it.effect("never repeats a token", () =>
    Effect.gen(function* () {
      const json = { error: "invalid_request", error_description: "subject-token and actor-token are bad" }
      const actor = yield* securityToken("actor-token")
      const error = yield* Effect.flip(exchange({ status: 400, json }, { actor }))
      assert.notMatch(error.message, /subject-token|actor-token/)
    }),
  )
})

const basic =
  (clientId: string) =>
  (issuer: string): Client => ({ issuer, clientId, clientAuth: clientSecretBasic(secretOf(clientId)) })

flowLaws("token exchange", () => ({
  flow: Effect.fnUntraced(function* (issuer) {
    const call = Result.getOrThrow(parseTarget({ audience: orders, scope: "read write" }))
    const { accessToken } = yield* password(alice).acquire(basic("basic")(issuer), call)
    return tokenExchange({ subject: yield* securityToken(accessToken) })
  }),
  client: basic("orders-service"),
  target: { audience: ledger, scope: "read" },
  // the subject's token lasts no longer
  expected: { audience: ledger, subject: /^database\|/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  wrong: {
    flow: () => Effect.map(securityToken("not.a.token"), (subject) => tokenExchange({ subject })),
    code: "invalid_grant",
  },
}))
