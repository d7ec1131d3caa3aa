import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, assert, beforeAll, describe } from "vitest"
import { beginImplicit, completeImplicit, implicit } from "../../src/acquire/implicit.ts"
import { none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws, type LawServer } from "../laws/flow.ts"
import { arrive, implicitFlow, withOther } from "../support/login.ts"
import { pageUrl, startPlainProvider } from "../support/plain-provider.ts"
import { reasonOf } from "../support/reason.ts"
import { callback, network, orders } from "../support/world.ts"

const client = (issuer: string): Client => ({ issuer, clientId: "page", clientAuth: none() })
const login = { client, target: { resource: orders, scope: "openid read" } }
const both = { redirectUri: pageUrl, responseType: "id_token token" } as const
const otherNonce = withOther({ nonce: Redacted.make("another nonce") })
const wrong = { reason: "IdTokenRefused", code: "id_token_refused" }

const its = (redirectUri: string, subject: RegExp) => () => {
  const both = { redirectUri, responseType: "id_token token" } as const
  return {
    ...login,
    flow: implicitFlow(login, both),
    expected: { audience: orders, subject, scope: "read", lifetime: 600 },
    endpoint: "/token",
    requests: 0,
    wrong: { ...wrong, flow: implicitFlow({ ...login, spoil: otherNonce }, both) },
  }
}

flowLaws("implicit, with an access token", its(callback, /^database\|/))
flowLaws("implicit, with an access token, over a plain provider", its(pageUrl, /^alice$/), startPlainProvider)

describe("the implicit flow with an ID token alone, over a plain provider", () => {
  let server: LawServer
  beforeAll(async () => {
    server = await startPlainProvider()
  })
  afterAll(() => server.close())

  const begin = (options: Partial<Parameters<typeof beginImplicit>[2]> = {}) =>
    beginImplicit(client(server.url), { scope: "openid" }, { redirectUri: pageUrl, ...options })

  it.live("presents the ID token until it ends, and says that it is one", () =>
    Effect.gen(function* () {
      const arrived = yield* Effect.flatMap(begin(), (begun) => arrive(begun))
      assert.match(String(arrived.callback), /^https:\/\/page\.example\/callback#id_token=/)
      const { tokens, claims } = yield* completeImplicit(client(server.url), arrived)
      assert.strictEqual(claims?.sub, "alice")
      assert.strictEqual(tokens.presented, "id_token")
      assert.strictEqual(tokens.issuedTokenType, "urn:ietf:params:oauth:token-type:id_token")
      assert.strictEqual(Redacted.value(tokens.accessToken), tokens.idToken && Redacted.value(tokens.idToken))
      assert.strictEqual(tokens.expiresAt, (claims?.exp ?? 0) * 1000)
    }).pipe(Effect.provide(network())),
  )

  it.live("reads the answer from a posted form, and warns of no fragment then", () =>
    Effect.gen(function* () {
      const arrived = yield* Effect.flatMap(begin({ responseMode: "form_post" }), (begun) => arrive(begun))
      assert.instanceOf(arrived.callback, URLSearchParams)
      const { claims } = yield* completeImplicit(client(server.url), arrived)
      assert.strictEqual(claims?.sub, "alice")
      assert.deepStrictEqual(
        implicit(arrived).warnings.map(({ name }) => name),
        ["id-token-as-bearer"],
      )
    }).pipe(Effect.provide(network())),
  )

  it.live("names its warnings", () =>
    Effect.gen(function* () {
      const alone = implicit({ transaction: (yield* begin()).transaction, callback: "#" })
      const withToken = implicit({ transaction: (yield* begin(both)).transaction, callback: "#" })
      assert.deepStrictEqual(
        alone.warnings.map(({ name }) => name),
        ["token-in-fragment", "id-token-as-bearer"],
      )
      assert.deepStrictEqual(
        withToken.warnings.map(({ name }) => name),
        ["token-in-fragment"],
      )
    }).pipe(Effect.provide(network())),
  )

  it.live("refuses an access token that was not asked for, or that is another's", () =>
    Effect.gen(function* () {
      const complete = (arrived: Parameters<typeof completeImplicit>[1]) =>
        reasonOf(completeImplicit(client(server.url), arrived))
      const alone = yield* Effect.flatMap(begin(), (begun) => arrive(begun))
      const more = yield* complete({ ...alone, callback: `${alone.callback}&access_token=x&token_type=Bearer` })
      assert.deepInclude(more, { _tag: "CallbackRefused", problem: "malformed" })
      const withToken = yield* Effect.flatMap(begin(both), (begun) => arrive(begun))
      const swapped = String(withToken.callback).replace(/access_token=[^&]*/, "access_token=another")
      const reason = yield* complete({ ...withToken, callback: swapped })
      assert.deepInclude(reason, { _tag: "IdTokenRefused" })
      assert.propertyVal("because" in reason ? reason.because : {}, "claim", "at_hash")
      const without = yield* complete({ ...withToken, callback: swapped.replace(/access_token=[^&]*/, "") })
      assert.deepInclude(without, { _tag: "CallbackRefused", problem: "malformed" })
    }).pipe(Effect.provide(network())),
  )

  it.live("asks for openid before anybody is sent away", () =>
    Effect.gen(function* () {
      const options = { redirectUri: pageUrl }
      const reason = yield* reasonOf(beginImplicit(client(server.url), { scope: "read" }, options))
      assert.deepInclude(reason, { _tag: "InvalidOptions", field: "scope" })
    }).pipe(Effect.provide(network())),
  )
})
