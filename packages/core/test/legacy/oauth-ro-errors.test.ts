import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Flow } from "../../src/acquire/flow.ts"
import { oauthRo, oauthRoAssertion } from "../../src/legacy/oauth-ro.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { alice, network, startTestIssuer } from "../support/world.ts"
import { json, startServer } from "../support/server.ts"

const blocked = { username: "mallory", password: "blocked for good reason" }

interface Attempt {
  readonly flow?: Flow
  readonly target?: TargetInput
  readonly clientId?: string
}

const acquire = (issuer: string, { flow = right, target = {}, clientId = "old" }: Attempt = {}) =>
  flow.acquire({ issuer, clientId, clientAuth: none() }, Result.getOrThrow(parseTarget(target)))

const right = oauthRo({ ...alice, connection: "users" })

const issuer = Effect.acquireRelease(Effect.promise(startTestIssuer), (it) => Effect.promise(() => it.close()))

describe("the issuer's own refusals at /oauth/ro", () => {
  const rows: ReadonlyArray<readonly [name: string, code: string, attempt: Attempt]> = [
    [
      "a wrong password",
      "invalid_credentials",
      { flow: oauthRo({ ...alice, password: "wrong", connection: "users" }) },
    ],
    [
      "an unknown user",
      "invalid_credentials",
      { flow: oauthRo({ ...alice, username: "nobody", connection: "users" }) },
    ],
    [
      "a user name full of LDAP",
      "invalid_credentials",
      { flow: oauthRo({ ...alice, username: "*)(uid=*", connection: "users" }) },
    ],
    ["a blocked user", "account_blocked", { flow: oauthRo({ ...blocked, connection: "users" }) }],
    ["an unknown connection", "connection_unavailable", { flow: oauthRo({ ...alice, connection: "nowhere" }) }],
    ["a disabled connection", "connection_unavailable", { flow: oauthRo({ ...alice, connection: "closed" }) }],
    ["an unknown client", "unauthorized_client", { clientId: "nobody" }],
    ["a client without the grant", "unauthorized_client", { clientId: "basic" }],
    ["offline_access without a device", "invalid_request", { target: { scope: "openid offline_access" } }],
    [
      "a made-up ID token",
      "invalid_grant",
      { flow: oauthRoAssertion({ idToken: () => "a.b.c", connection: "users", device: "phone", subject: "alice" }) },
    ],
  ]
  for (const [name, code, attempt] of rows) {
    it.live(`${name} is ${code}`, () =>
      Effect.gen(function* () {
        const { url } = yield* issuer
        const error = yield* Effect.flip(acquire(url, attempt))
        assert.strictEqual(error.explanation.code, code, error.message)
        assert.strictEqual(error.reason._tag, "Rejected")
        assert.isFalse(error.explanation.retryable)
      }).pipe(Effect.provide(network()), Effect.scoped),
    )
  }

  it.live("ten wrong passwords block the account for this address, for the right one too", () =>
    Effect.gen(function* () {
      const { url } = yield* issuer
      const wrong = oauthRo({ ...alice, password: "wrong", connection: "users" })
      for (let n = 0; n < 10; n++) {
        const error = yield* Effect.flip(acquire(url, { flow: wrong }))
        assert.strictEqual(error.explanation.code, "invalid_credentials")
      }
      const error = yield* Effect.flip(acquire(url))
      assert.strictEqual(error.explanation.code, "too_many_attempts")
      assert.deepInclude(error.reason, { status: 429, error: "too_many_attempts" })
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  it.live("a target that the token would not fit is refused before anything is sent", () =>
    Effect.gen(function* () {
      const { url, countRequests } = yield* issuer
      const error = yield* Effect.flip(acquire(url, { target: { audience: "https://another.example" } }))
      assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "audience" })
      assert.strictEqual(countRequests("/oauth/ro"), 0)
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  it.live("an ID token trades for another one", () =>
    Effect.gen(function* () {
      const { url, audit } = yield* issuer
      const first = yield* acquire(url)
      const idToken = () => first.idToken ?? ""
      const flow = oauthRoAssertion({ idToken, connection: "users", device: "phone", subject: "alice" })
      const second = yield* acquire(url, { flow })
      assert.strictEqual(second.presented, "id_token")
      const [one, two] = audit.filter((entry) => entry.kind === "id_token")
      assert.strictEqual(one?.subject, two?.subject)
    }).pipe(Effect.provide(network()), Effect.scoped),
  )
})

describe("recorded refusals of /oauth/ro that the issuer's state cannot reach", () => {
  const text = { "content-type": "text/plain" }
  const rows: ReadonlyArray<readonly [status: number, body: unknown, code: string]> = [
    [400, { error: "invalid_request", error_description: "missing client_id parameter" }, "invalid_request"],
    [400, { error: "invalid_request", error_description: "scope parameter must be a string" }, "invalid_request"],
    [
      400,
      { error: "invalid_request", error_description: "specified strategy does not support requested operation" },
      "connection_unavailable",
    ],
    [
      400,
      { error: "invalid_request", error_description: "the connection was not found for tenant x" },
      "connection_unavailable",
    ],
    [
      400,
      { error: "invalid_request", error_description: "The connection is not yet configured..." },
      "connection_unavailable",
    ],
    [400, { error: "invalid_request", error_description: 'Fields with "." are not allowed' }, "invalid_request"],
    [400, { error: "invalid_grant", error_description: "the id_token is not valid" }, "invalid_grant"],
    [400, { error: "unsupported_grant_type" }, "unsupported_grant_type"],
    [401, { error: "invalid_user_password", error_description: "Wrong email or password." }, "invalid_credentials"],
    [401, { error: "unauthorized", error_description: "user is blocked" }, "account_blocked"],
    [401, { error: "unauthorized", error_description: "a rule says no" }, "access_denied"],
    [401, { error: "password_leaked", error_description: "This password has been leaked." }, "password_leaked"],
    [401, { error: "requires_verification", error_description: "Suspicious request" }, "interaction_required"],
    [401, { error: "Unauthorized", error_description: "BadAuthentication" }, "invalid_credentials"],
    [401, { code: "invalid_user_password", description: "Wrong email or password." }, "invalid_credentials"],
    [401, "Unauthorized", "invalid_credentials"],
    [401, "", "access_denied"],
    [403, { error: "unauthorized_client", error_description: "invalid client" }, "unauthorized_client"],
    [403, { error: "access_denied", error_description: "other checks" }, "access_denied"],
    [403, { error: "a0.mfa_required" }, "interaction_required"],
    [403, { error: "a0.mfa_registration_required" }, "interaction_required"],
    [403, { error: "a0.mfa_invalid_code" }, "interaction_required"],
    [400, { error: "invalid_password", name: "PasswordStrengthError" }, "invalid_credentials"],
    [429, { error: "too_many_attempts", error_description: "blocked" }, "too_many_attempts"],
    [429, { error: "too_many_logins" }, "rate_limited"],
    [429, { message: "Too many requests. Check the X-RateLimit-Limit headers." }, "rate_limited"],
    [500, { error: "server_error" }, "unavailable"],
    [503, "", "unavailable"],
    [400, { error: ["a", "list"] }, "malformed_response"],
    [401, "<html>Unauthorized</html>", "malformed_response"],
  ]
  for (const [status, body, code] of rows) {
    it.live(`${status} ${JSON.stringify(body)} is ${code}`, () =>
      Effect.gen(function* () {
        const server = yield* Effect.acquireRelease(
          Effect.promise(() =>
            startServer((_, response) => {
              if (typeof body !== "string") return json(response, status, body)
              response.writeHead(status, body.startsWith("<") ? { "content-type": "text/html" } : text).end(body)
            }),
          ),
          (it) => Effect.promise(() => it[Symbol.asyncDispose]()),
        )
        const error = yield* Effect.flip(acquire(server.url))
        assert.strictEqual(error.explanation.code, code, error.message)
        assert.strictEqual(server.requests.length, 1)
      }).pipe(Effect.provide(network()), Effect.scoped),
    )
  }
})
