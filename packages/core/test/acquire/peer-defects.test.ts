import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { beginAuthorization, completeAuthorization } from "../../src/acquire/authorization-code.ts"
import type { CompleteOptions } from "../../src/acquire/complete.ts"
import { beginImplicit, completeImplicit } from "../../src/acquire/implicit.ts"
import { httpLayer } from "../../src/http/client.ts"
import { parseCallback } from "../../src/protocol/callback.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { makeCookieSeal } from "../../src/session/cookie-seal.ts"
import { makeLoginTransactions } from "../../src/session/login-transactions.ts"
import { reasonOf } from "../support/reason.ts"
import { network } from "../support/world.ts"
import { hostileIssuer, type Tampering } from "./hostile-issuer.ts"

const issuer = "https://issuer.example"
const client = { issuer, clientId: "shop", clientAuth: none() }
const redirectUri = "https://app.example/callback"
const metadata = { issuer, authorizationEndpoint: `${issuer}/authorize`, tokenEndpoint: `${issuer}/token` }
const offline = Layer.merge(
  httpLayer({ fetch: () => Promise.reject(new Error("nothing is to be sent")) }),
  fixedDiscoveryLayer(metadata),
)

const begin = beginAuthorization(client, { scope: "openid" }, { redirectUri })
const refused = (options: CompleteOptions) => reasonOf(completeAuthorization(client, options))

/** What was measured or read in other libraries and must not be found here; each test bears the defect's name. */
describe("defects of peers", () => {
  const accepted: ReadonlyArray<readonly [string, Tampering]> = [
    ["oidc-client-ts 3.5.0: a wrong iss is accepted", { claims: { iss: "https://evil.example" } }],
    ["oidc-client-ts 3.5.0: a wrong aud is accepted", { claims: { aud: "another" } }],
    ["oidc-client-ts 3.5.0: exp 1 is accepted", { claims: { exp: 1 } }],
    ["oidc-client-ts 3.5.0: alg none is accepted", { header: { alg: "none" } }],
    ["oidc-client-ts 3.5.0: no nonce is accepted", { claims: { nonce: undefined } }],
    ["@axa-fr/oidc-client 7.29.1: a foreign aud is accepted", { claims: { aud: ["another"] } }],
    ["@axa-fr/oidc-client 7.29.1: a missing nonce is accepted", { claims: { nonce: undefined } }],
  ]
  for (const [name, tampering] of accepted) {
    it.live(name, () =>
      Effect.gen(function* () {
        const issuer = yield* hostileIssuer()
        assert.strictEqual((yield* reasonOf(issuer.code(tampering)))._tag, "IdTokenRefused")
        assert.strictEqual((yield* reasonOf(issuer.hash(tampering)))._tag, "IdTokenRefused")
      }).pipe(Effect.provide(network())),
    )
  }

  it.effect("oidc-client-ts 3.5.0: a callback with a foreign iss is accepted", () =>
    Effect.gen(function* () {
      const { transaction } = yield* begin
      const state = Redacted.value(transaction.state)
      const callback = `${redirectUri}?code=c&state=${state}&iss=https%3A%2F%2Fevil.example`
      assert.deepInclude(yield* refused({ transaction, callback }), { _tag: "CallbackRefused", problem: "iss" })
    }).pipe(Effect.provide(offline)),
  )

  it.effect("supabase: any hash with tokens is adopted, with no state and no login under way", () =>
    Effect.gen(function* () {
      const hash = "#access_token=theirs&refresh_token=theirs&expires_in=3600&token_type=bearer"
      const { transaction } = yield* beginImplicit(client, { scope: "openid" }, { redirectUri })
      for (const callback of [hash, `${hash}&id_token=a.b.c`, `${hash}&id_token=a.b.c&state=theirs`]) {
        const reason = yield* reasonOf(completeImplicit(client, { transaction, callback }))
        assert.deepInclude(reason, { _tag: "CallbackRefused", problem: "state" })
      }
    }).pipe(Effect.provide(offline)),
  )

  it.effect("AppAuth-JS: the first request with state, code or error ends the login, and state is never compared", () =>
    Effect.gen(function* () {
      const { transaction } = yield* begin
      const strangers = [
        ["/favicon.ico", "foreign"],
        ["/?code=SUMMER", "foreign"],
        ["/?state=x", "foreign"],
        ["/?error=1", "foreign"],
        ["/?code=c&state=x", "state"],
        ["/?error=access_denied&state=x", "state"],
      ] as const
      for (const [callback, problem] of strangers) {
        assert.deepInclude(yield* refused({ transaction, callback }), { _tag: "CallbackRefused", problem })
      }
    }).pipe(Effect.provide(offline)),
  )

  it.effect("auth0-spa-js 2.27.0: a second login that is begun destroys the first", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const seal = yield* makeCookieSeal(["k".repeat(32)], { purpose: "login", cookie: "login-" })
      const logins = makeLoginTransactions("login-", seal)
      const browser = new Map<string, string>()
      const begun = [yield* begin, yield* begin, yield* begin].map(({ transaction }) => transaction)
      for (const transaction of begun) {
        for (const line of yield* logins.add({ transaction, returnTo: "/" }, browser)) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          browser.set(name, value)
        }
      }
      for (const transaction of begun) {
        const callback = parseCallback(`?code=c&state=${Redacted.value(transaction.state)}`, "query")
        const found = yield* logins.find("state" in callback ? (callback.state ?? "") : "", browser)
        assert.deepStrictEqual(found?.transaction, transaction)
      }
    }).pipe(Effect.provide(offline)),
  )

  it.effect("react-oidc-context: an application's own ?code= is an invalid state", () =>
    Effect.sync(() => {
      for (const own of ["?code=SUMMER", "?code=42&tab=1", "#code", "#/code/7", "?error=1", "?state=open"]) {
        assert.strictEqual(parseCallback(own, "query")._tag, "NotOurs")
      }
    }),
  )

  it.effect("auth0-js 1.6.5: errors are found by the word error anywhere", () =>
    Effect.sync(() => {
      const callback = parseCallback("?code=error&state=error_description%3Derror", "query")
      assert.strictEqual(callback._tag, "Answer")
    }),
  )

  it.effect("all six of the table: a code with a foreign iss, or without the promised one, is traded (RFC 9207)", () =>
    Effect.gen(function* () {
      const { transaction } = yield* begin
      const state = Redacted.value(transaction.state)
      for (const iss of ["", "&iss=https%3A%2F%2Fevil.example", `&iss=${encodeURIComponent(`${issuer}/`)}`]) {
        const callback = `?code=c&state=${state}${iss}`
        assert.deepInclude(yield* refused({ transaction, callback }), { _tag: "CallbackRefused", problem: "iss" })
      }
    }).pipe(
      Effect.provide(
        Layer.merge(offline, fixedDiscoveryLayer({ ...metadata, authorizationResponseIssParameterSupported: true })),
      ),
    ),
  )
})
