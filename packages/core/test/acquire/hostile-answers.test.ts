import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { beginDeviceAuthorization } from "../../src/acquire/device-authorization.ts"
import { entraOnBehalfOf } from "../../src/acquire/on-behalf-of.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { tokenExchange } from "../../src/acquire/token-exchange.ts"
import type { AcquireError } from "../../src/errors/acquire-error.ts"
import type { Http } from "../../src/http/client.ts"
import { legacyDelegation } from "../../src/legacy/delegation.ts"
import { tokeninfo } from "../../src/legacy/tokeninfo.ts"
import { parseTarget } from "../../src/model/target.ts"
import { clientSecretPost } from "../../src/protocol/client-auth.ts"
import type { Discovery } from "../../src/protocol/discovery.ts"
import { introspect } from "../../src/protocol/introspection.ts"
import { revoke } from "../../src/protocol/revocation.ts"
import { userinfo } from "../../src/protocol/userinfo.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"

const client = scriptedClient
const target = Result.getOrThrow(parseTarget({}))
const held = Effect.runPromise(securityToken("held-token"))
const secret = "held-token"

type Asking = Effect.Effect<unknown, AcquireError, Discovery | Http>

const asking: Readonly<Record<string, Asking>> = {
  "refresh token": refreshToken(await held).acquire(client, target),
  "token exchange": tokenExchange({ subject: await held }).acquire(client, target),
  "on behalf of": entraOnBehalfOf(await held).acquire(client, target),
  delegation: legacyDelegation({ idToken: await held }).acquire(client, target),
  "device authorization": beginDeviceAuthorization({ ...client, clientAuth: clientSecretPost(secret) }, target),
  userinfo: userinfo(client, secret, { subject: "me" }),
  introspection: introspect(client, secret),
  revocation: revoke(client, secret),
  tokeninfo: tokeninfo(client, secret),
}

const members = [
  ["access_token", "active", "aud", "device_code", "error", "error_description", "exp", "expires_in", "id_token"],
  ["identities", "interval", "issued_token_type", "refresh_token", "scope", "sub", "token_type", "user_code"],
  ["user_id", "verification_uri", "__proto__", "constructor", "toString", "hasOwnProperty", "length"],
].flat()
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    "Bearer",
    "N_A",
    secret,
    "a".repeat(100_000),
    1e308,
    -0,
    2 ** 53,
    "\u0000\r\n",
    "https://x.example",
    true,
  ),
)
const object = fc.dictionary(fc.constantFrom(...members), value, { noNullPrototype: true })
const body = fc.oneof(
  fc.string(),
  object.map((json) => JSON.stringify(json)),
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc.constantFrom(
    "[".repeat(20_000),
    '{"__proto__":{"access_token":"a","token_type":"Bearer"}}',
    "\ufeff{}",
    "null",
    "1e999",
  ),
)
const status = fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 429, 500, 503)
const type = fc.constantFrom("application/json", "text/html", "text/plain", "application/jwt", "")

describe("whatever a server answers", () => {
  for (const [name, ask] of Object.entries(asking)) {
    it.effect(`${name} gives a value or a typed error, without the secret that was sent`, () =>
      Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(status, body, type, async (status, body, type) => {
            const { network } = scripted({ status, body, headers: { "content-type": type } })
            const exit = await Effect.runPromiseExit(Effect.provide(ask, network))
            if (Exit.isSuccess(exit)) return assert.strictEqual(status, 200)
            const error = Cause.squash(exit.cause) as AcquireError
            assert.strictEqual(error._tag, "AcquireError")
            assert.notInclude(error.message, secret)
            assert.isBelow(error.message.length, 1000)
          }),
          { numRuns: 150 },
        ),
      ),
    )
  }
})
