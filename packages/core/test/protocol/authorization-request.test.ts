import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { beginAuthorization } from "../../src/acquire/authorization-code.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { ServerMetadata } from "../../src/model/metadata.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { challengeOf } from "../../src/protocol/pkce.ts"
import { reasonOf } from "../support/reason.ts"

const issuer = "https://issuer.example"
const client = { issuer, clientId: "spa & co", clientAuth: none() }
const redirectUri = "https://app.example/callback?keep=1"
const basic: ServerMetadata = {
  issuer,
  tokenEndpoint: `${issuer}/token`,
  authorizationEndpoint: `${issuer}/authorize?tenant=7`,
}

const reserved =
  "client_id client_secret client_assertion scope audience resource organization grant_type response_type response_mode " +
  "redirect_uri state nonce code_challenge code_challenge_method code_verifier request request_uri prompt max_age " +
  "acr_values login_hint ui_locales"

type Options = Partial<Parameters<typeof beginAuthorization>[2]>
type Input = Parameters<typeof beginAuthorization>[1]

const begin = (options: Options = {}, input: Input = { scope: "openid" }, metadata: Partial<ServerMetadata> = {}) =>
  beginAuthorization(client, input, { redirectUri, ...options }).pipe(
    Effect.provide(Layer.merge(httpLayer(), fixedDiscoveryLayer({ ...basic, ...metadata }))),
  )
const sentBy = (...args: Parameters<typeof begin>) =>
  Effect.map(begin(...args), ({ url, transaction }) => ({ sent: new URL(url).searchParams, transaction }))

describe("an authorization request", () => {
  it.effect("has all that was asked for, and keeps the endpoint's own query", () =>
    Effect.gen(function* () {
      const { sent, transaction } = yield* sentBy(
        {
          prompt: ["login", "consent"],
          maxAge: "5 minutes",
          acrValues: ["gold", "silver"],
          loginHint: "alice@example.test",
          uiLocales: ["de", "en"],
          extra: { connection: "users" },
        },
        {
          audience: "orders",
          resource: ["https://b.example", "https://a.example"],
          scope: "openid read",
          organization: "acme",
        },
      )
      const { state, nonce, verifier } = transaction
      assert.deepStrictEqual(
        [...sent].filter(([name]) => !["state", "nonce", "code_challenge"].includes(name)),
        [
          ["tenant", "7"],
          ["client_id", "spa & co"],
          ["response_type", "code"],
          ["redirect_uri", redirectUri],
          ["code_challenge_method", "S256"],
          ["audience", "orders"],
          ["resource", "https://a.example"],
          ["resource", "https://b.example"],
          ["scope", "openid read"],
          ["organization", "acme"],
          ["prompt", "login consent"],
          ["max_age", "300"],
          ["acr_values", "gold silver"],
          ["login_hint", "alice@example.test"],
          ["ui_locales", "de en"],
          ["connection", "users"],
        ],
      )
      assert.strictEqual(sent.get("state"), Redacted.value(state))
      assert.strictEqual(sent.get("nonce"), Redacted.value(nonce))
      assert.strictEqual(sent.get("code_challenge"), yield* challengeOf(verifier ? Redacted.value(verifier) : ""))
      assert.strictEqual(transaction.maxAge, 300)
    }),
  )

  it.effect("names the response mode only where it is not the usual one", () =>
    Effect.gen(function* () {
      assert.isNull((yield* sentBy({ responseMode: "query" })).sent.get("response_mode"))
      assert.strictEqual((yield* sentBy({ responseMode: "form_post" })).sent.get("response_mode"), "form_post")
    }),
  )

  it.effect("has a new state, nonce and verifier of 256 bits each time, and prints none", () =>
    Effect.gen(function* () {
      const all = yield* Effect.all(Array.from({ length: 20 }, () => begin()))
      const secrets = all.flatMap(({ transaction: { state, nonce, verifier = state } }) =>
        [state, nonce, verifier].map(Redacted.value),
      )
      assert.strictEqual(new Set(secrets).size, 60)
      for (const secret of secrets) assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
      const printed = JSON.stringify(all.map(({ transaction }) => transaction))
      for (const secret of secrets) assert.notInclude(printed, secret)
    }),
  )

  for (const name of reserved.split(" ")) {
    it.effect(`lets nobody set ${name} as an extra parameter`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(begin({ extra: { [name]: "x" } }))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "extra" })
        assert.include(error.message, name)
      }),
    )
  }
})

describe("refused before anybody is sent away is", () => {
  const refusals: ReadonlyArray<readonly [string, Parameters<typeof begin>, string]> = [
    ["a redirect URI with a fragment", [{ redirectUri: "https://app.example/#/callback" }], "redirectUri"],
    ["a redirect URI that is a script", [{ redirectUri: "javascript:alert(1)" }], "redirectUri"],
    ["a relative redirect URI", [{ redirectUri: "/callback" }], "redirectUri"],
    ["prompt=none with another", [{ prompt: ["none", "login"] }], "prompt"],
    ["an age that nothing would prove", [{ maxAge: "1 minute" }, { scope: "read" }], "scope"],
    ["a way to sign in that nothing would prove", [{ acrValues: ["gold"] }, { scope: "read" }], "scope"],
    ["an age that is none", [{ maxAge: "soon" as "1 minute" }], "maxAge"],
    ["an age in seconds where it is milliseconds", [{ maxAge: 300 }], "maxAge"],
    ["a lifetime that is none", [{ lifetime: "soon" as "1 minute" }], "lifetime"],
    ["a scope that is none", [{}, { scope: ['a"b'] }], "scope"],
    [
      "an endpoint that is a script",
      [{}, {}, { authorizationEndpoint: "javascript:alert(1)" }],
      "authorizationEndpoint",
    ],
    [
      "an endpoint without TLS",
      [{}, {}, { authorizationEndpoint: "http://issuer.example/a" }],
      "authorizationEndpoint",
    ],
  ]
  for (const [name, args, field] of refusals) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepInclude(yield* reasonOf(begin(...args)), { _tag: "InvalidOptions", field })
      }),
    )
  }

  const missing: ReadonlyArray<readonly [string, Options, Partial<ServerMetadata>]> = [
    ["PKCE with S256", {}, { codeChallengeMethodsSupported: ["plain"] }],
    ["the response mode form_post", { responseMode: "form_post" }, { responseModesSupported: ["query"] }],
    ["the response type code", {}, { responseTypesSupported: ["id_token"] }],
    ["pushedAuthorizationRequestEndpoint", { pushed: "always" }, {}],
    ["pushedAuthorizationRequestEndpoint", {}, { requirePushedAuthorizationRequests: true }],
  ]
  for (const [feature, options, metadata] of missing) {
    it.effect(`an issuer that does not offer ${feature}: ${JSON.stringify({ ...options, ...metadata })}`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(begin(options, { scope: "openid" }, metadata))
        assert.deepStrictEqual(reason, { _tag: "Unsupported", issuer, feature })
      }),
    )
  }
})
