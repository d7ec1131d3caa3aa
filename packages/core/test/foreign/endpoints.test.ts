import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { decodeJwt } from "jose"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { password } from "../../src/acquire/password.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { tokenExchange } from "../../src/acquire/token-exchange.ts"
import { legacyDelegation } from "../../src/legacy/delegation.ts"
import { delegationCredentials } from "../../src/legacy/delegation-credentials.ts"
import { oauthRo } from "../../src/legacy/oauth-ro.ts"
import { tokeninfo } from "../../src/legacy/tokeninfo.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import { clientSecretBasic, none } from "../../src/protocol/client-auth.ts"
import { introspect } from "../../src/protocol/introspection.ts"
import { revoke } from "../../src/protocol/revocation.ts"
import { userinfo } from "../../src/protocol/userinfo.ts"
import { network } from "../support/world.ts"
import { bob, eve, secretFor } from "./registry.ts"
import { type ForeignServer, startForeignServer } from "./server.ts"

let server: ForeignServer
beforeAll(async () => {
  server = await startForeignServer()
})
afterAll(() => server.close())

const basic = (clientId: string) => ({
  issuer: server.url,
  clientId,
  clientAuth: clientSecretBasic(secretFor(clientId)),
})
const anonymous = (clientId: string) => ({ issuer: server.url, clientId, clientAuth: none() })
const target = (input: TargetInput) => Result.getOrThrow(parseTarget(input))
const stock = "https://stock.example/v1"
const billing = "https://billing.example/"
const person = { username: bob.username, password: bob.password }

const login = (clientId: string) =>
  password(person).acquire(basic(clientId), target({ audience: stock, scope: "read write offline_access" }))
const legacyLogin = Effect.suspend(() =>
  oauthRo({ ...person, connection: bob.connection, device: "laptop" }).acquire(
    anonymous("spa"),
    target({ scope: "openid email offline_access" }),
  ),
)
const claimsOf = (set: TokenSet) => decodeJwt(Redacted.value(set.accessToken))

describe("a refresh at a foreign server", () => {
  it.live("shrinks to the target's scope and moves to its API, and refuses more than was granted", () =>
    Effect.gen(function* () {
      const first = yield* login("web app")
      const flow = refreshToken(yield* securityToken(first.refreshToken ?? ""))
      const less = yield* flow.acquire(basic("web app"), target({ scope: "read" }))
      assert.deepInclude(claimsOf(less), { aud: stock, scope: "read" })
      const other = yield* flow.acquire(basic("web app"), target({ resource: billing, scope: "read" }))
      assert.deepInclude(claimsOf(other), { aud: billing })
      const more = yield* Effect.flip(flow.acquire(basic("web app"), target({ scope: "read delete" })))
      assert.strictEqual(more.explanation.code, "invalid_scope")
      const stolen = yield* Effect.flip(flow.acquire(basic("gateway"), target({ scope: "read" })))
      assert.strictEqual(stolen.explanation.code, "invalid_grant")
    }).pipe(Effect.provide(network())),
  )

  it.live("a rotated token that comes again is invalid_grant, and ends its successor", () =>
    Effect.gen(function* () {
      const first = refreshToken(yield* securityToken((yield* login("rotating")).refreshToken ?? ""))
      const second = yield* first.acquire(basic("rotating"), target({}))
      const successor = refreshToken(yield* securityToken(second.refreshToken ?? ""))
      for (const flow of [first, successor]) {
        const error = yield* Effect.flip(flow.acquire(basic("rotating"), target({})))
        assert.strictEqual(error.explanation.code, "invalid_grant")
      }
    }).pipe(Effect.provide(network())),
  )
})

describe("a token exchange at a foreign server", () => {
  const exchange = Effect.fnUntraced(function* (input: TargetInput, requestedTokenType?: string) {
    const subject = yield* securityToken((yield* login("web app")).accessToken)
    const own = yield* clientCredentials().acquire(basic("gateway"), target({ audience: billing }))
    const actor = yield* securityToken(own.accessToken)
    const flow = tokenExchange({ subject, actor, ...(requestedTokenType !== undefined && { requestedTokenType }) })
    return yield* flow.acquire(basic("gateway"), target(input))
  })

  it.live("names the actor, and a second step the first one inside", () =>
    Effect.gen(function* () {
      const first = yield* exchange({ audience: stock, scope: "read" })
      assert.deepInclude(claimsOf(first), { sub: bob.sub, act: { sub: "gateway" } })
      assert.strictEqual(first.issuedTokenType, "urn:ietf:params:oauth:token-type:access_token")
      const own = yield* clientCredentials().acquire(basic("web app"), target({ audience: billing }))
      const flow = tokenExchange({
        subject: yield* securityToken(first.accessToken),
        actor: yield* securityToken(own.accessToken),
      })
      const second = yield* flow.acquire(basic("web app"), target({ audience: billing, scope: "read" }))
      assert.deepInclude(claimsOf(second), { act: { sub: "web app", act: { sub: "gateway" } } })
    }).pipe(Effect.provide(network())),
  )

  it.live("a JWT that is no access token comes as N_A", () =>
    Effect.gen(function* () {
      const set = yield* exchange({ audience: stock }, "jwt")
      assert.deepInclude(set, { tokenType: "N_A", issuedTokenType: "urn:ietf:params:oauth:token-type:jwt" })
    }).pipe(Effect.provide(network())),
  )

  it.live("an unknown target, a scope too many and an unknown type are told apart", () =>
    Effect.gen(function* () {
      const codes = yield* Effect.forEach(
        [
          exchange({ audience: "https://nowhere.example" }),
          exchange({ audience: stock, scope: "delete" }),
          exchange({ audience: stock }, "saml2"),
        ],
        (attempt) => Effect.map(Effect.flip(attempt), (error) => error.explanation.code),
      )
      assert.deepStrictEqual(codes, ["invalid_target", "invalid_scope", "invalid_request"])
    }).pipe(Effect.provide(network())),
  )
})

describe("what is asked about a token at a foreign server", () => {
  it.live("introspection and revocation of an access token", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* login("web app")
      const before = yield* introspect(basic("gateway"), accessToken)
      assert.isTrue(before.active)
      assert.strictEqual(before.active && before.claims.sub, bob.sub)
      yield* revoke(basic("web app"), accessToken, "access_token")
      assert.deepStrictEqual(yield* introspect(basic("gateway"), accessToken), { active: false })
    }).pipe(Effect.provide(network())),
  )

  it.live("revocation of a refresh token, of an unknown one, and of one that cannot be revoked", () =>
    Effect.gen(function* () {
      const { refreshToken: token = "" } = yield* login("web app")
      yield* revoke(basic("web app"), token, "refresh_token")
      const flow = refreshToken(yield* securityToken(token))
      const error = yield* Effect.flip(flow.acquire(basic("web app"), target({})))
      assert.strictEqual(error.explanation.code, "invalid_grant")
      yield* revoke(basic("web app"), "never-issued")
      const refused = yield* Effect.flip(revoke(basic("web app"), "session-1"))
      assert.strictEqual(refused.explanation.code, "unsupported_token_type")
    }).pipe(Effect.provide(network())),
  )

  it.live("userinfo, for the right person only", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* legacyLogin
      const claims = yield* userinfo({ issuer: server.url }, accessToken, { subject: bob.sub })
      assert.strictEqual(claims["email"], bob.email)
      const other = yield* Effect.flip(userinfo({ issuer: server.url }, accessToken, { subject: eve.sub }))
      assert.strictEqual(other.explanation.code, "malformed_response")
      const stranger = yield* Effect.flip(userinfo({ issuer: server.url }, "unknown"))
      assert.strictEqual(stranger.explanation.code, "invalid_token")
    }).pipe(Effect.provide(network())),
  )

  it.live("tokeninfo", () =>
    Effect.gen(function* () {
      const { idToken = "" } = yield* legacyLogin
      const profile = yield* tokeninfo({ issuer: server.url }, idToken)
      assert.deepInclude(profile, { userId: bob.sub, clientId: "spa", emailVerified: false })
      const error = yield* Effect.flip(tokeninfo({ issuer: server.url }, "a.b.c"))
      assert.strictEqual(error.explanation.code, "invalid_token")
    }).pipe(Effect.provide(network())),
  )
})

describe("delegation at a foreign server", () => {
  const idTokenSource = Effect.flatMap(legacyLogin, ({ idToken = "" }) =>
    Effect.map(securityToken(idToken, { type: "id_token" }), (token) => ({ idToken: token })),
  )

  it.live("reaches from one API to the next, for those on the target's list only", () =>
    Effect.gen(function* () {
      const source = yield* idTokenSource
      const first = yield* legacyDelegation(source).acquire(anonymous("spa"), target({ audience: "orders-api" }))
      const next = { idToken: yield* securityToken(first.accessToken, { type: "id_token" }) }
      const second = yield* legacyDelegation(next).acquire(anonymous("orders-api"), target({ audience: "ledger-api" }))
      assert.deepInclude(claimsOf(second), { aud: "ledger-api", sub: bob.sub })
      const refused = yield* Effect.flip(
        legacyDelegation(source).acquire(anonymous("spa"), target({ audience: "ledger-api" })),
      )
      assert.strictEqual(refused.explanation.code, "unauthorized_client")
    }).pipe(Effect.provide(network())),
  )

  it.live("refuses another client's ID token and an unknown target", () =>
    Effect.gen(function* () {
      const source = yield* idTokenSource
      const stolen = yield* Effect.flip(legacyDelegation(source).acquire(anonymous("mobile"), target({})))
      assert.strictEqual(stolen.explanation.code, "invalid_grant")
      const unknown = yield* Effect.flip(
        legacyDelegation(source).acquire(anonymous("spa"), target({ audience: "nowhere" })),
      )
      assert.strictEqual(unknown.explanation.code, "invalid_target")
    }).pipe(Effect.provide(network())),
  )

  it.live("reads what the clouds behind it give", () =>
    Effect.gen(function* () {
      const source = yield* idTokenSource
      const client = anonymous("spa")
      const end = Date.parse("2030-01-02T03:04:05Z")
      const aws = yield* delegationCredentials(client, source, { apiType: "aws", extra: { role: "r", principal: "p" } })
      assert.strictEqual(aws.expiresAt, end)
      assert.strictEqual((yield* delegationCredentials(client, source, { apiType: "azure_sb" })).expiresAt, end)
      assert.strictEqual((yield* delegationCredentials(client, source, { apiType: "azure_blob" })).expiresAt, end)
      const sales = yield* delegationCredentials(client, source, { apiType: "salesforce_api" })
      assert.strictEqual(sales.instanceUrl, "https://na1.salesforce.example")
      const sap = yield* delegationCredentials(client, source, { apiType: "sap_api" })
      assert.deepStrictEqual(sap.scopes, ["API"])
      const layer = yield* delegationCredentials(client, source, { apiType: "layer" })
      assert.deepStrictEqual(Redacted.value(layer), { identity_token: "foreign-layer" })
      const wams = yield* Effect.flip(delegationCredentials(client, source, { apiType: "wams" }))
      assert.strictEqual(wams.explanation.code, "invalid_request")
    }).pipe(Effect.provide(network())),
  )

  it.live("a blocked person is told from a wrong password", () =>
    Effect.gen(function* () {
      const blocked = oauthRo({ username: eve.username, password: eve.password, connection: eve.connection })
      const error = yield* Effect.flip(blocked.acquire(anonymous("spa"), target({})))
      assert.strictEqual(error.explanation.code, "account_blocked")
    }).pipe(Effect.provide(network())),
  )
})

describe("requests", () => {
  it("had no parameter that no specification names", () => {
    assert.isEmpty([...server.unrecognized])
  })
})
