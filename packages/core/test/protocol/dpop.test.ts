import { inspect } from "node:util"
import type { Issuer } from "@bearerkit/issuer"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { decodeJwt } from "jose"
import { afterAll, beforeAll } from "vitest"
import { beginAuthorization, completeAuthorization } from "../../src/acquire/authorization-code.ts"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import type { Flow } from "../../src/acquire/flow.ts"
import { jwtBearer, selfSigned } from "../../src/acquire/jwt-bearer.ts"
import { password } from "../../src/acquire/password.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { parseTarget } from "../../src/model/target.ts"
import { clientSecretBasic, clientSecretJwt, none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { generateDpopKey } from "../../src/protocol/dpop-key.ts"
import { introspect } from "../../src/protocol/introspection.ts"
import { revoke } from "../../src/protocol/revocation.ts"
import { userinfo } from "../../src/protocol/userinfo.ts"
import { cacheKey } from "../../src/provide/cache-key.ts"
import { acquireWithRetries } from "../../src/provide/renewal.ts"
import { makeKeys } from "../support/dpop.ts"
import { arrive } from "../support/login.ts"
import { observe } from "../support/observed.ts"
import { type Line, scripted, scriptedClient, scriptedIssuer } from "../support/scripted.ts"
import { pass } from "../support/ticks.ts"
import { alice, callback, droneJwk, network, orders, secretOf, startTestIssuer } from "../support/world.ts"

const [dpop, otherKey] = await makeKeys()

const target = Result.getOrThrow(parseTarget({}))
const token: Line = { json: { access_token: "at", token_type: "DPoP", expires_in: 60 } }
const demand = (nonce: string): Line => ({
  status: 400,
  json: { error: "use_dpop_nonce" },
  headers: { "dpop-nonce": nonce },
})

/** Runs a flow with a new key, as the provider does. */
const run = Effect.fnUntraced(function* (flow: Flow, lines: ReadonlyArray<Line>, with_: Partial<Client> = {}) {
  const { network, sent } = scripted(...lines)
  const client = { ...scriptedClient, dpop: yield* generateDpopKey(), ...with_ }
  const result = yield* Effect.result(Effect.provide(acquireWithRetries(flow, client, target), network))
  const proofs = sent.map(({ headers }) => decodeJwt(headers.get("dpop") ?? ""))
  return { result, sent, proofs, client, network }
})
const codeOf = ({ result }: Effect.Success<ReturnType<typeof run>>) =>
  Result.isFailure(result) ? result.failure.explanation.code : "success"
const refresh = Effect.map(securityToken("the-refresh-token"), (token) => refreshToken(token))

describe("the nonce of an authorization server", () => {
  it.effect("@axa-fr sends the nonce as a header: it is a claim, and the header is the server's", () =>
    Effect.gen(function* () {
      const { sent, proofs } = yield* run(clientCredentials(), [demand("n1"), token])
      assert.deepStrictEqual(
        proofs.map(({ nonce }) => nonce),
        [undefined, "n1"],
      )
      for (const { headers } of sent) assert.isFalse(headers.has("dpop-nonce"))
    }),
  )

  it.effect("is answered once, with a proof of its own, by grants that are never retried too", () =>
    Effect.gen(function* () {
      for (const flow of [yield* refresh, password({ username: "a", password: "b" })]) {
        assert.strictEqual(flow.replay, "never")
        const ran = yield* run(flow, [demand("n1"), token])
        assert.strictEqual(codeOf(ran), "success")
        assert.strictEqual(ran.sent[0]?.form.toString(), ran.sent[1]?.form.toString())
        assert.strictEqual(new Set(ran.proofs.map(({ jti }) => jti)).size, 2)
      }
    }),
  )

  it.effect("that is never content is asked no third time", () =>
    Effect.gen(function* () {
      const ran = yield* run(yield* refresh, [demand("n1"), demand("n2"), token])
      assert.strictEqual(codeOf(ran), "use_dpop_nonce")
      assert.lengthOf(ran.sent, 2)
    }),
  )

  it.effect("uses up no retry: each try may be answered with one", () =>
    Effect.gen(function* () {
      const away: Line = { status: 503, json: {} }
      const running = run(clientCredentials(), [demand("n1"), away, demand("n2"), away, token])
      const observed = observe()
      const ran = yield* Effect.race(Effect.provide(running, observed.layer), Effect.forever(pass(100, 1)))
      assert.strictEqual(observed.counted("dpop_nonce_retry", { origin: scriptedIssuer }), 2)
      assert.notMatch(JSON.stringify(observed.events), /n1|n2|eyJ/)
      assert.strictEqual(codeOf(ran), "success")
      assert.deepStrictEqual(
        ran.proofs.map(({ nonce }) => nonce),
        [undefined, "n1", "n1", "n2", "n2"],
      )
      assert.strictEqual(new Set(ran.proofs.map(({ jti }) => jti)).size, 5)
    }),
  )

  it.effect("comes with successes too, and is used from then on", () =>
    Effect.gen(function* () {
      const { client, network, sent } = yield* run(clientCredentials(), [
        { ...token, headers: { "dpop-nonce": "next" } },
      ])
      yield* Effect.provide(clientCredentials().acquire(client, target), network)
      assert.strictEqual(decodeJwt(sent[1]?.headers.get("dpop") ?? "")["nonce"], "next")
    }),
  )

  it.effect("is answered with a new client assertion: servers take each once", () =>
    Effect.gen(function* () {
      const clientAuth = clientSecretJwt("a secret of thirty-two bytes, or more")
      const { sent } = yield* run(clientCredentials(), [demand("n1"), token], { clientAuth })
      const assertions = sent.map(({ form }) => decodeJwt(form.get("client_assertion") ?? "").jti)
      assert.strictEqual(new Set(assertions).size, 2)
    }),
  )

  it.effect("is answered with a new assertion of the grant", () =>
    Effect.gen(function* () {
      const flow = jwtBearer(selfSigned({ key: droneJwk, subject: "machine-7" }))
      const { sent } = yield* run(flow, [demand("n1"), token])
      const assertions = sent.map(({ form }) => decodeJwt(form.get("assertion") ?? "").jti)
      assert.strictEqual(new Set(assertions).size, 2)
    }),
  )
})

describe("a client with a key", () => {
  it.effect("refuses a token that is not bound, unless it allows that", () =>
    Effect.gen(function* () {
      const bearer: Line = { json: { access_token: "at", token_type: "Bearer", expires_in: 60 } }
      const refused = yield* run(clientCredentials(), [bearer])
      assert.strictEqual(codeOf(refused), "token_type_mismatch")
      assert.deepStrictEqual(Result.isFailure(refused.result) && refused.result.failure.reason, {
        _tag: "TokenTypeMismatch",
        url: `${scriptedIssuer}/token`,
        tokenType: "Bearer",
      })
      const dpop = yield* generateDpopKey({ allowBearer: true })
      assert.strictEqual(codeOf(yield* run(clientCredentials(), [bearer], { dpop })), "success")
    }),
  )

  it.effect("takes what is no access token as it comes", () =>
    Effect.gen(function* () {
      const json = { access_token: "saml", token_type: "N_A", issued_token_type: "urn:x:saml2" }
      assert.strictEqual(codeOf(yield* run(clientCredentials(), [{ json }])), "success")
    }),
  )

  it.effect("proves at the token endpoint, and not where no token is issued", () =>
    Effect.gen(function* () {
      const { network, sent } = scripted({ json: { active: false } })
      const client = { ...scriptedClient, dpop }
      yield* Effect.provide(Effect.all([introspect(client, "t"), revoke(client, "t")]), network)
      assert.deepStrictEqual(
        sent.map(({ headers }) => headers.has("dpop")),
        [false, false],
      )
    }),
  )

  it.effect("keeps tokens apart from those of other keys", () =>
    Effect.sync(() => {
      const keys = [undefined, dpop, otherKey].map((dpop) =>
        cacheKey({ ...scriptedClient, dpop }, clientCredentials(), target),
      )
      assert.strictEqual(new Set(keys).size, 3)
    }),
  )

  it.effect("tells why its proof was refused, the clock too, and shows neither proof nor nonce", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-11-22T12:01:40Z"))
      const { network, sent } = scripted({
        status: 400,
        json: { error: "invalid_dpop_proof", error_description: "iat is not recent" },
        headers: { date: "Sun, 22 Nov 2026 12:00:00 GMT" },
      })
      const client = { ...scriptedClient, dpop: yield* generateDpopKey() }
      client.dpop.learn(`${scriptedIssuer}/`, { status: 200, headers: new Headers({ "dpop-nonce": "the-nonce" }) })
      const error = yield* Effect.flip(Effect.provide(clientCredentials().acquire(client, target), network))
      assert.deepInclude(error.reason, { _tag: "Rejected", code: "invalid_dpop_proof", clockAheadSeconds: 100 })
      assert.match(error.message, /100 s ahead/)
      const [, claims = "", signature = ""] = sent[0]?.headers.get("dpop")?.split(".") ?? []
      const printed = `${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`
      for (const secret of [claims, signature, "the-nonce"]) assert.notInclude(printed, secret)
    }),
  )
})

it.effect("a client without a key refuses a token that is bound to one", () =>
  Effect.gen(function* () {
    const { network } = scripted(token)
    const error = yield* Effect.flip(Effect.provide(clientCredentials().acquire(scriptedClient, target), network))
    assert.deepStrictEqual(error.reason, {
      _tag: "TokenTypeMismatch",
      url: `${scriptedIssuer}/token`,
      tokenType: "DPoP",
    })
  }),
)

describe("userinfo for a bound token", () => {
  const ask = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, options = {}) {
    const { network, sent } = scripted(...lines)
    const client = { ...scriptedClient, dpop: yield* generateDpopKey() }
    const result = yield* Effect.result(Effect.provide(userinfo(client, "opaque-token", options), network))
    return { result, sent }
  })
  const challenged: Line = {
    status: 401,
    body: "",
    headers: { "dpop-nonce": "n1", "www-authenticate": 'DPoP error="use_dpop_nonce"' },
  }

  it.effect("is asked with a proof for it, and once more with the nonce", () =>
    Effect.gen(function* () {
      const { result, sent } = yield* ask([challenged, { json: { sub: "248" } }])
      assert.isTrue(Result.isSuccess(result))
      const proofs = sent.map(({ headers }) => decodeJwt(headers.get("dpop") ?? ""))
      assert.strictEqual(sent[1]?.headers.get("authorization"), "DPoP opaque-token")
      assert.deepInclude(proofs[1], { htm: "GET", htu: `${scriptedIssuer}/userinfo`, nonce: "n1" })
      assert.match(String(proofs[0]?.["ath"]), /^[\w-]{43}$/)
    }),
  )

  it.effect("is asked as for any other where the token is not bound", () =>
    Effect.gen(function* () {
      const { sent } = yield* ask([{ json: { sub: "248" } }], { tokenType: "Bearer" })
      assert.strictEqual(sent[0]?.headers.get("authorization"), "Bearer opaque-token")
      assert.isFalse(sent[0]?.headers.has("dpop"))
    }),
  )

  for (const error of ["invalid_dpop_proof", "use_dpop_nonce"]) {
    it.effect(`tells ${error} from a token that is not good`, () =>
      Effect.gen(function* () {
        const { result } = yield* ask([{ status: 401, json: { error } }])
        assert.include(Result.isFailure(result) ? result.failure.explanation : {}, { code: error })
      }),
    )
  }
})

describe("at the issuer", () => {
  let issuer: Issuer
  beforeAll(async () => {
    issuer = await startTestIssuer()
  })
  afterAll(() => issuer.close())
  const test = (name: string, body: () => Effect.Effect<void, unknown, Effect.Services<ReturnType<typeof begin>>>) =>
    it.live(name, () => Effect.provide(Effect.suspend(body), network()))
  const page = () => ({ issuer: issuer.url, clientId: "spa", clientAuth: none(), dpop })
  const begin = () => beginAuthorization(page(), { audience: orders, scope: "openid read" }, { redirectUri: callback })

  test("a key that knows no nonce costs one request more, once", () =>
    Effect.gen(function* () {
      const client = {
        issuer: issuer.url,
        clientId: "basic",
        clientAuth: clientSecretBasic(secretOf("basic")),
        dpop: yield* generateDpopKey(),
      }
      const target = Result.getOrThrow(parseTarget({ audience: orders, scope: "read" }))
      const before = issuer.countRequests("/token", "POST")
      yield* clientCredentials().acquire(client, target)
      assert.strictEqual(issuer.countRequests("/token", "POST") - before, 2)
      yield* clientCredentials().acquire(client, target)
      assert.strictEqual(issuer.countRequests("/token", "POST") - before, 3)
    }))

  test("the authorization request names the key (RFC 9449 §10), and only that key completes it", () =>
    Effect.gen(function* () {
      const begun = yield* begin()
      assert.strictEqual(new URL(begun.url).searchParams.get("dpop_jkt"), dpop.thumbprint)
      assert.strictEqual(begun.transaction.jkt, dpop.thumbprint)
      const arrived = yield* arrive(begun)
      const before = issuer.countRequests("/token", "POST")
      for (const other of [otherKey, undefined]) {
        const error = yield* Effect.flip(completeAuthorization({ ...page(), dpop: other }, arrived))
        assert.deepStrictEqual(error.reason, {
          _tag: "CallbackRefused",
          problem: "transaction",
          detail: "was begun with another DPoP key",
        })
      }
      assert.strictEqual(issuer.countRequests("/token", "POST"), before)
      const { tokens, claims } = yield* completeAuthorization(page(), arrived)
      assert.strictEqual(tokens.tokenType, "DPoP")
      assert.match(claims?.sub ?? "", /^database\|/)
    }))

  test("userinfo takes the bound token with its key, and with no other", () =>
    Effect.gen(function* () {
      const client = { ...page(), clientId: "rotating", clientAuth: clientSecretBasic(secretOf("rotating")) }
      const target = Result.getOrThrow(parseTarget({ scope: "openid email" }))
      const { accessToken, tokenType } = yield* password(alice).acquire(client, target)
      assert.strictEqual(tokenType, "DPoP")
      assert.strictEqual((yield* userinfo(client, accessToken))["email"], "alice@example.test")
      const stolen = yield* Effect.flip(userinfo({ ...client, dpop: otherKey }, Redacted.value(accessToken)))
      assert.strictEqual(stolen.explanation.code, "invalid_token")
      const bare = yield* Effect.flip(userinfo({ issuer: issuer.url }, accessToken))
      assert.strictEqual(bare.explanation.code, "invalid_token")
    }))
})
