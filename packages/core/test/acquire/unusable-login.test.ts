import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { beginAuthorization, completeAuthorization } from "../../src/acquire/authorization-code.ts"
import { completeDeviceAuthorization } from "../../src/acquire/complete-device.ts"
import type { DeviceAuthorization } from "../../src/acquire/device-authorization.ts"
import type { AcquireCode, AcquireError } from "../../src/errors/acquire-error.ts"
import type { Http } from "../../src/http/client.ts"
import { parseTarget } from "../../src/model/target.ts"
import type { Discovery } from "../../src/protocol/discovery.ts"
import { scripted, scriptedClient, scriptedIssuer } from "../support/scripted.ts"
import { pass } from "../support/ticks.ts"

const target = Result.getOrThrow(parseTarget({ scope: "openid" }))

const withCode = Effect.gen(function* () {
  const { transaction } = yield* beginAuthorization(
    scriptedClient,
    { scope: "openid" },
    { redirectUri: "https://app.example/callback" },
  )
  const answer = new URLSearchParams({ code: "the-code", state: Redacted.value(transaction.state) })
  return yield* completeAuthorization(scriptedClient, {
    transaction,
    callback: `https://app.example/callback?${answer}`,
  })
})

const withDevice = Effect.suspend(() => {
  const authorization: DeviceAuthorization = {
    deviceCode: Redacted.make("the-device-code"),
    digest: "0",
    userCode: "WDJB-MJHT",
    verificationUri: `${scriptedIssuer}/device`,
    interval: 0,
    expiresAt: 600_000,
  }
  return completeDeviceAuthorization(scriptedClient, { authorization, target })
})

type Login = Effect.Effect<unknown, AcquireError, Discovery | Http>

const logins: ReadonlyArray<readonly [string, Login]> = [
  ["a code", withCode],
  ["a device", withDevice],
]

const good = { access_token: "access", token_type: "Bearer", refresh_token: "refresh-1" }

describe.each(logins)("a login with %s whose answer cannot be used", (_, login) => {
  /** How it fails, and what is revoked. */
  const afterwards = Effect.fnUntraced(function* (json: object) {
    const { network, sent } = scripted({ json }, {})
    const { explanation } = yield* Effect.flip(Effect.provide(login, network))
    yield* pass(1000)
    const revoked = sent.filter(({ url }) => url.endsWith("/revoke")).map(({ form }) => form.get("token"))
    return { code: explanation.code, revoked }
  })

  it.effect.each<readonly [string, object, AcquireCode]>([
    ["an ID token that is no text", { id_token: 5 }, "malformed_response"],
    ["an ID token that is none", { id_token: "a.b.c" }, "id_token_refused"],
    ["no ID token", {}, "id_token_refused"],
    ["no access token", { access_token: undefined }, "malformed_response"],
    ["a lifetime that makes no sense", { expires_in: "soon" }, "malformed_response"],
    ["tokens of an unknown type", { token_type: "mac" }, "token_type_mismatch"],
    ["tokens that are bound to a key of nobody", { token_type: "DPoP" }, "token_type_mismatch"],
  ])("has its refresh token revoked: %s", ([, members, code]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* afterwards({ ...good, ...members }), { code, revoked: ["refresh-1"] })
    }),
  )

  it.effect("has nothing revoked where no refresh token came", () =>
    Effect.gen(function* () {
      for (const refresh_token of [undefined, null, 5, "not\na token"]) {
        const code = "malformed_response"
        assert.deepStrictEqual(yield* afterwards({ ...good, expires_in: "soon", refresh_token }), { code, revoked: [] })
      }
    }),
  )
})
