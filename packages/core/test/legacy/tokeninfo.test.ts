import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { decodeJwt, SignJWT } from "jose"
import { oauthRo } from "../../src/legacy/oauth-ro.ts"
import { tokeninfo } from "../../src/legacy/tokeninfo.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { type Line, scripted } from "../support/scripted.ts"
import { alice, network, startTestIssuer } from "../support/world.ts"

const client = { issuer: "https://tenant.example/" }
const idToken = await new SignJWT({ sub: "store|42" }).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32))

const ask = (line: Line, token = idToken) => {
  const { network, sent } = scripted(line)
  return Effect.map(Effect.provide(tokeninfo(client, token), network), (profile) => ({ profile, sent }))
}

const profile = {
  user_id: "store|42",
  email: "bob@example.test",
  email_verified: false,
  name: "Bob",
  nickname: "bob",
  picture: "https://store.example/bob.png",
  clientID: "spa",
  identities: [{ user_id: 42, provider: "store", connection: "users", isSocial: false }],
  created_at: "2014-05-06T07:08:09.000Z",
  updated_at: null,
  app_metadata: { plan: "gold" },
}

describe("tokeninfo", () => {
  it.effect("posts the ID token and gives the profile", () =>
    Effect.gen(function* () {
      const { profile: read, sent } = yield* ask({ json: profile })
      assert.strictEqual(sent[0]?.url, "https://tenant.example/tokeninfo")
      assert.strictEqual(sent[0]?.form.get("id_token"), idToken)
      assert.deepStrictEqual(read, {
        userId: "store|42",
        email: "bob@example.test",
        emailVerified: false,
        name: "Bob",
        nickname: "bob",
        picture: "https://store.example/bob.png",
        clientId: "spa",
        identities: [{ userId: "42", provider: "store", connection: "users", isSocial: false }],
        createdAt: "2014-05-06T07:08:09.000Z",
        raw: profile,
      })
    }),
  )

  const malformed: ReadonlyArray<readonly [name: string, json: unknown]> = [
    ["no user_id", { ...profile, user_id: undefined }],
    ["an empty user_id", { ...profile, user_id: "" }],
    ["another person", { ...profile, user_id: "store|13" }],
    ["a verified flag that is text", { ...profile, email_verified: "true" }],
    ["an address that is a list", { ...profile, email: ["a"] }],
    ["identities that are an object", { ...profile, identities: {} }],
    ["an identity that is text", { ...profile, identities: ["x"] }],
    ["an identity without provider", { ...profile, identities: [{ user_id: "1", connection: "c" }] }],
    ["too many identities", { ...profile, identities: Array.from({ length: 101 }, () => profile.identities[0]) }],
    ["a list", [profile]],
  ]
  for (const [name, json] of malformed) {
    it.effect(`refuses a profile with ${name}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(ask({ json }))).explanation.code, "malformed_response")
      }),
    )
  }

  it.effect("refuses a profile that is only in the prototype", () =>
    Effect.gen(function* () {
      const body = `{"__proto__":${JSON.stringify(profile)}}`
      assert.strictEqual((yield* Effect.flip(ask({ body }))).explanation.code, "malformed_response")
    }),
  )

  for (const [line, code] of [
    [{ status: 401, body: "Unauthorized", headers: { "content-type": "text/plain" } }, "invalid_token"],
    [{ status: 401, json: { error: "invalid_token", error_description: idToken } }, "invalid_token"],
    [{ status: 429, json: { message: "Too many requests." } }, "rate_limited"],
    [{ status: 400, json: { error: "invalid_request" } }, "invalid_request"],
  ] as const) {
    it.effect(`${line.status} is ${code}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(line))
        assert.strictEqual(error.explanation.code, code)
        assert.notInclude(error.message, idToken.slice(-20))
      }),
    )
  }
})

it.live("tokeninfo at the issuer is about the person of the ID token", () =>
  Effect.gen(function* () {
    const issuer = yield* Effect.acquireRelease(Effect.promise(startTestIssuer), (it) =>
      Effect.promise(() => it.close()),
    )
    const old = { issuer: issuer.url, clientId: "old", clientAuth: none() }
    const target = Result.getOrThrow(parseTarget({ scope: "openid profile" }))
    const { idToken = Redacted.make("") } = yield* oauthRo({ ...alice, connection: "users" }).acquire(old, target)
    const profile = yield* tokeninfo(old, idToken)
    assert.strictEqual(profile.userId, decodeJwt(Redacted.value(idToken)).sub)
    assert.strictEqual(profile.email, "alice@example.test")
    const error = yield* Effect.flip(tokeninfo(old, "a.b.c"))
    assert.strictEqual(error.explanation.code, "invalid_token")
  }).pipe(Effect.provide(network()), Effect.scoped),
)
