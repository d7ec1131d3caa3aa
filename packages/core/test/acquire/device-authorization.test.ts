import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import {
  beginDeviceAuthorization,
  decodeDeviceAuthorization,
  encodeDeviceAuthorization,
} from "../../src/acquire/device-authorization.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"

const target = Result.getOrThrow(parseTarget({ scope: "example_scope" }))
const begin = Effect.fnUntraced(function* (line: Line, client = scriptedClient) {
  const { network, sent } = scripted(line)
  return { sent, authorization: yield* Effect.provide(beginDeviceAuthorization(client, target), network) }
})

/** RFC 8628 §3.2 */
const answer = {
  device_code: "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
  user_code: "WDJB-MJHT",
  verification_uri: "https://example.com/device",
  verification_uri_complete: "https://example.com/device?user_code=WDJB-MJHT",
  expires_in: 1800,
  interval: 5,
}

describe("the beginning of a device authorization", () => {
  it.effect("is the example of RFC 8628", () =>
    Effect.gen(function* () {
      const client = { ...scriptedClient, clientId: "1406020730", clientAuth: none() }
      const { sent, authorization } = yield* begin({ json: answer }, client)
      assert.strictEqual(sent[0]?.form.toString(), "scope=example_scope&client_id=1406020730")
      assert.strictEqual(sent[0]?.url, "https://issuer.example/device")
      assert.deepInclude(authorization, {
        userCode: "WDJB-MJHT",
        verificationUri: "https://example.com/device",
        verificationUriComplete: "https://example.com/device?user_code=WDJB-MJHT",
        expiresAt: 1_800_000,
        interval: 5,
      })
      assert.strictEqual(Redacted.value(authorization.deviceCode), answer.device_code)
      assert.notInclude(`${JSON.stringify(authorization)} ${inspect(authorization)}`, answer.device_code)
    }),
  )

  it.effect("polls every five seconds where the server names no interval, and never without a pause", () =>
    Effect.gen(function* () {
      for (const [interval, seconds] of [
        [undefined, 5],
        [null, 5],
        [0, 1],
        ["7", 7],
      ] as const) {
        const { authorization } = yield* begin({ json: { ...answer, interval } })
        assert.strictEqual(authorization.interval, seconds)
      }
    }),
  )

  const malformed: ReadonlyArray<readonly [member: keyof typeof answer, values: ReadonlyArray<unknown>]> = [
    ["device_code", [undefined, "", 7, "a b", "a\nb", {}]],
    ["user_code", [undefined, "", 7, "a\u0000b", "a\u2028b", "a\nb", "x".repeat(101)]],
    ["verification_uri", [undefined, "", "device", "javascript:alert(1)", "data:text/html,x", 7]],
    ["verification_uri_complete", ["", "javascript:alert(1)", 7, {}]],
    ["expires_in", [undefined, null, -1, "soon", 1e12, {}]],
    ["interval", [-1, "often", {}, 1e12]],
  ]
  for (const [member, values] of malformed) {
    it.effect(`is refused when ${member} is not as it must be`, () =>
      Effect.gen(function* () {
        for (const value of values) {
          const error = yield* Effect.flip(begin({ json: { ...answer, [member]: value } }))
          assert.strictEqual(error.explanation.code, "malformed_response", String(value))
          assert.include(error.message, member)
        }
      }),
    )
  }

  it.effect("is refused when the members are the prototype's", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ nested: 1 }).replace('"nested":1', `"__proto__":${JSON.stringify(answer)}`)
      assert.strictEqual((yield* Effect.flip(begin({ body }))).explanation.code, "malformed_response")
    }),
  )

  it.effect("fails in the server's words", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(begin({ status: 401, json: { error: "invalid_client" } }))
      assert.strictEqual(error.explanation.code, "invalid_client")
    }),
  )
})

describe("a device authorization as text", () => {
  it.effect("comes back as it was", () =>
    Effect.gen(function* () {
      const { authorization } = yield* begin({ json: answer })
      const back = Result.getOrThrow(decodeDeviceAuthorization(encodeDeviceAuthorization(authorization)))
      assert.deepStrictEqual({ ...back, deviceCode: undefined }, { ...authorization, deviceCode: undefined })
      assert.strictEqual(Redacted.value(back.deviceCode), answer.device_code)
    }),
  )

  it.effect("is refused when it is anything else", () =>
    Effect.gen(function* () {
      const { authorization } = yield* begin({ json: answer })
      const text = encodeDeviceAuthorization(authorization)
      const json = JSON.parse(text) as Record<string, unknown>
      const changed = ["version", "deviceCode", "userCode", "verificationUri", "expiresAt", "interval", "digest"]
      const others = [
        ...changed.map((member) => JSON.stringify({ ...json, [member]: -1 })),
        "",
        "[]",
        "null",
        text.slice(1),
      ]
      for (const other of others) assert.isTrue(Result.isFailure(decodeDeviceAuthorization(other)), other)
    }),
  )
})
