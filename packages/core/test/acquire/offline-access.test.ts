import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { beginAuthorization } from "../../src/acquire/authorization-code.ts"
import type { BeginOptions } from "../../src/acquire/begin.ts"
import { beginImplicit } from "../../src/acquire/implicit.ts"
import { refreshTokenWarnings } from "../../src/acquire/no-refresh-token.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { Target, TargetInput } from "../../src/model/target.ts"
import type { AuthorizationOptions } from "../../src/protocol/authorization-params.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"

const issuer = "https://issuer.example"
const client = { issuer, clientId: "spa", clientAuth: none() }
const redirectUri = "https://app.example/callback"
const metadata = { issuer, tokenEndpoint: `${issuer}/token`, authorizationEndpoint: `${issuer}/authorize` }
const services = Layer.merge(httpLayer(), fixedDiscoveryLayer(metadata))
const code = (target: TargetInput, options: BeginOptions) => beginAuthorization(client, target, options)
const implicit: typeof code = (target, options) => beginImplicit(client, target, options)
const offline = { scope: "openid offline_access" }

describe("a login that asks for offline access", () => {
  const promptOf = (target: TargetInput, options: AuthorizationOptions = {}, begin = code) =>
    begin(target, { redirectUri, ...options }).pipe(
      Effect.map(({ url }) => new URL(url).searchParams.get("prompt")),
      Effect.provide(services),
    )

  it.effect("has the person asked for their consent, which it needs", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* promptOf(offline), "consent")
      assert.strictEqual(yield* promptOf(offline, { prompt: undefined }), "consent")
    }),
  )

  it.effect("has them asked what the application says instead", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* promptOf(offline, { prompt: "none" }), "none")
      assert.strictEqual(yield* promptOf(offline, { prompt: ["login", "consent"] }), "login consent")
      assert.isNull(yield* promptOf(offline, { prompt: [] }))
    }),
  )

  it.effect("and nobody else is asked: not without the scope, and not without a code, which would bring none", () =>
    Effect.gen(function* () {
      assert.isNull(yield* promptOf({ scope: "openid offline_access_too" }))
      assert.isNull(yield* promptOf(offline, {}, implicit))
      assert.strictEqual(yield* promptOf(offline, { prompt: "consent" }, implicit), "consent")
    }),
  )

  it("is warned of where it brings no refresh token", () => {
    const target = (...scopes: ReadonlyArray<string>): Target => ({
      audiences: [],
      resources: [],
      scopes,
      organization: undefined,
    })
    const named = (scopes: string, tokens: { readonly refreshToken?: Redacted.Redacted<string> }) =>
      refreshTokenWarnings(target(...scopes.split(" ")), tokens).map(({ name }) => name)
    assert.deepStrictEqual(named("offline_access openid", {}), ["no-refresh-token"])
    assert.deepStrictEqual(named("openid", {}), [])
    assert.deepStrictEqual(named("offline_access openid", { refreshToken: Redacted.make("refresh") }), [])
  })
})
