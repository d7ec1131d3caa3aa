import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { endSessionUrl, type EndSessionOptions } from "../../src/protocol/end-session.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"

const build = (options?: EndSessionOptions) =>
  Effect.map(Effect.provide(endSessionUrl(scriptedClient, options), scripted().network), Redacted.value)

describe("the address to sign out at", () => {
  it.effect("keeps the endpoint's own query", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* build(), "https://issuer.example/logout?tenant=1&client_id=me")
    }),
  )

  it.effect("has all that was given, encoded, and is a secret", () =>
    Effect.gen(function* () {
      const back = "https://app.example/bye?a=1&b=2"
      const idTokenHint = Redacted.make("id.to.ken")
      const url = new URL(
        yield* build({ idTokenHint, postLogoutRedirectUri: back, state: "s&t", extra: { ui_locales: "de fr" } }),
      )
      assert.deepStrictEqual(Object.fromEntries(url.searchParams), {
        tenant: "1",
        client_id: "me",
        id_token_hint: "id.to.ken",
        post_logout_redirect_uri: back,
        state: "s&t",
        ui_locales: "de fr",
      })
      const secret = yield* Effect.provide(endSessionUrl(scriptedClient, { idTokenHint }), scripted().network)
      assert.notInclude(String(secret), "id.to.ken")
    }),
  )

  const refused: ReadonlyArray<readonly [name: string, options: EndSessionOptions, field: string]> = [
    ["a relative way back", { postLogoutRedirectUri: "/bye" }, "postLogoutRedirectUri"],
    ["a state without a way back", { state: "s" }, "state"],
    ["client_id as an extra", { extra: { client_id: "other" } }, "extra"],
    ["id_token_hint as an extra", { extra: { id_token_hint: "x" } }, "extra"],
    ["state as an extra", { extra: { state: "x" } }, "extra"],
  ]
  for (const [name, options, field] of refused) {
    it.effect(`is not built with ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(build(options))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field })
      }),
    )
  }

  for (const endSessionEndpoint of ["javascript:alert(1)//", "http://issuer.example/logout"]) {
    it.effect(`is not built for ${endSessionEndpoint}, which a browser would open`, () =>
      Effect.gen(function* () {
        const network = fixedDiscoveryLayer({ issuer: scriptedClient.issuer, endSessionEndpoint })
        const error = yield* Effect.flip(Effect.provide(endSessionUrl(scriptedClient), network))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "endSessionEndpoint" })
      }),
    )
  }

  it.effect("is unsupported where the issuer has none", () =>
    Effect.gen(function* () {
      const { issuer } = scriptedClient
      const error = yield* Effect.flip(Effect.provide(endSessionUrl(scriptedClient), fixedDiscoveryLayer({ issuer })))
      assert.deepStrictEqual(error.reason, { _tag: "Unsupported", issuer, feature: "endSessionEndpoint" })
    }),
  )
})
