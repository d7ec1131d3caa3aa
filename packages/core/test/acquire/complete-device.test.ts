import type { Issuer } from "@bearerkit/issuer"
import { Person } from "@bearerkit/services"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { decodeJwt } from "jose"
import { completeDeviceAuthorization } from "../../src/acquire/complete-device.ts"
import { beginDeviceAuthorization } from "../../src/acquire/device-authorization.ts"
import { VerifyError } from "../../src/errors/verify-error.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { reasonOf } from "../support/reason.ts"
import { alice, network, orders, startTestIssuer } from "../support/world.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startTestIssuer()
})
afterAll(() => issuer.close())

const client = () => ({ issuer: issuer.url, clientId: "tv", clientAuth: none() })

const entered = (scope: string) =>
  Effect.gen(function* () {
    const target = Result.getOrThrow(parseTarget({ audience: orders, scope }))
    const begun = yield* beginDeviceAuthorization(client(), target)
    const page = begun.verificationUriComplete ?? begun.verificationUri
    yield* Effect.promise(() => new Person(alice).visit(page).catch(() => undefined))
    return { authorization: { ...begun, interval: 0.01 }, target }
  })

describe("a login on another device", () => {
  it.live("is complete with an ID token that was checked", () =>
    Effect.gen(function* () {
      const { tokens, claims } = yield* completeDeviceAuthorization(client(), yield* entered("openid read"))
      assert.strictEqual(claims?.aud, "tv")
      assert.strictEqual(claims?.sub, decodeJwt(Redacted.value(tokens.accessToken)).sub)
    }).pipe(Effect.provide(network())),
  )

  it.live("says nothing of who it is where nobody asked", () =>
    Effect.gen(function* () {
      const { claims } = yield* completeDeviceAuthorization(client(), yield* entered("read"))
      assert.isUndefined(claims)
    }).pipe(Effect.provide(network())),
  )

  it.live("fails where an ID token was asked for and none came, or one that is not to be believed", () =>
    Effect.gen(function* () {
      const { authorization } = yield* entered("read")
      const target = Result.getOrThrow(parseTarget({ audience: orders, scope: "openid read" }))
      const missing = yield* reasonOf(completeDeviceAuthorization(client(), { authorization, target }))
      assert.deepStrictEqual(missing, {
        _tag: "IdTokenRefused",
        because: { _tag: "MalformedToken", problem: "is missing, though openid was asked for" },
      })
      const because = { _tag: "SignatureMismatch" } as const
      const doubtful = {
        issuer: issuer.url,
        verify: () => Effect.fail(new VerifyError({ reason: because })),
        unverified: () => Effect.die("not asked"),
      }
      const refused = { ...(yield* entered("openid read")), idTokens: doubtful }
      const reason = yield* reasonOf(completeDeviceAuthorization(client(), refused))
      assert.deepStrictEqual(reason, { _tag: "IdTokenRefused", because })
    }).pipe(Effect.provide(network())),
  )
})
