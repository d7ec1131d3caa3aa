import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { oauthRo, oauthRoAssertion } from "../../src/legacy/oauth-ro.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { alice } from "../support/world.ts"

const connection = "users"
const old = (issuer: string): Client => ({ issuer, clientId: "old", clientAuth: none() })
const byPassword = oauthRo({ ...alice, connection })
const expected = { audience: "old", subject: /^database\|/, lifetime: 36_000 }

flowLaws("oauth/ro", () => ({
  flow: byPassword,
  client: old,
  target: {},
  expected,
  endpoint: "/oauth/ro",
  wrong: { flow: oauthRo({ ...alice, password: "wrong", connection }), code: "invalid_credentials" },
}))

const onPhone = { connection, device: "phone", subject: "alice" }

flowLaws("oauth/ro with an ID token", () => ({
  flow: Effect.fnUntraced(function* (issuer) {
    const { idToken = "" } = yield* byPassword.acquire(old(issuer), Result.getOrThrow(parseTarget({})))
    return oauthRoAssertion({ ...onPhone, idToken: () => idToken })
  }),
  client: old,
  target: {},
  expected,
  endpoint: "/oauth/ro",
  wrong: { flow: oauthRoAssertion({ ...onPhone, idToken: () => "not.a.token" }), code: "invalid_grant" },
}))
