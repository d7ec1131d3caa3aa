import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { jwtBearer, providedBy, selfSigned } from "../../src/acquire/jwt-bearer.ts"
import { password } from "../../src/acquire/password.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { tokenExchange } from "../../src/acquire/token-exchange.ts"
import { legacyDelegation } from "../../src/legacy/delegation.ts"
import { oauthRo, oauthRoAssertion } from "../../src/legacy/oauth-ro.ts"
import { parseTarget } from "../../src/model/target.ts"
import { clientSecretBasic, clientSecretPost, none, privateKeyJwt } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { bob, secretFor, signer, voucher } from "./registry.ts"
import { startForeignServer } from "./server.ts"

const basic =
  (clientId: string) =>
  (issuer: string): Client => ({ issuer, clientId, clientAuth: clientSecretBasic(secretFor(clientId)) })
const anonymous =
  (clientId: string) =>
  (issuer: string): Client => ({ issuer, clientId, clientAuth: none() })

const stock = "https://stock.example/v1"
const billing = "https://billing.example/"
const person = { username: bob.username, password: bob.password }
const subject = /^store\|42$/
const wrongPassword = { flow: password({ ...person, password: "wrong" }), code: "invalid_credentials" }

flowLaws(
  "password at a foreign server",
  () => ({
    flow: password(person),
    client: basic("web app"),
    target: { audience: stock, scope: "read write" },
    expected: { audience: stock, subject, scope: "read write", lifetime: 900 },
    endpoint: "/token",
    wrong: wrongPassword,
  }),
  startForeignServer,
)

flowLaws(
  "password-realm at a foreign server",
  () => ({
    flow: password({ ...person, realm: bob.connection }),
    client: (issuer) => ({ issuer, clientId: "web app", clientAuth: clientSecretPost(secretFor("web app")) }),
    target: { audience: stock, scope: "read" },
    expected: { audience: stock, subject, scope: "read", lifetime: 900 },
    endpoint: "/token",
    wrong: { flow: password({ ...person, password: "x", realm: bob.connection }), code: "invalid_credentials" },
  }),
  startForeignServer,
)

const signing = (issuer: string): Client => ({
  issuer,
  clientId: "signing",
  clientAuth: privateKeyJwt(signer.privateKey),
})

flowLaws(
  "client credentials by private_key_jwt at a foreign server",
  () => ({
    flow: clientCredentials(),
    client: signing,
    target: { resource: billing },
    expected: { audience: billing, subject: /^signing$/, lifetime: 120 },
    endpoint: "/token",
    wrong: { client: anonymous("signing"), code: "invalid_client" },
  }),
  startForeignServer,
)

flowLaws(
  "JWT bearer at a foreign server",
  () => ({
    flow: jwtBearer(selfSigned({ key: signer.privateKey, subject: "robot|7", issuer: voucher })),
    client: signing,
    target: { audience: stock, scope: "read" },
    expected: { audience: stock, subject: /^robot\|7$/, scope: "read", lifetime: 900 },
    endpoint: "/token",
    wrong: { flow: jwtBearer(providedBy("robot|7", () => "a.b.c")), code: "invalid_grant" },
  }),
  startForeignServer,
)

/** Somebody's token set to begin with. */
const login = (client: Client, scope: string) =>
  password(person).acquire(client, Result.getOrThrow(parseTarget({ audience: stock, scope })))

for (const clientId of ["rotating", "web app"]) {
  flowLaws(
    `refresh token of the client ${clientId} at a foreign server`,
    () => ({
      flow: (issuer) =>
        Effect.gen(function* () {
          const { refreshToken: first = "" } = yield* login(basic(clientId)(issuer), "read write offline_access")
          return refreshToken(yield* securityToken(first))
        }),
      client: basic(clientId),
      target: { audience: stock, scope: "read" },
      expected: { audience: stock, subject, scope: "read", lifetime: 900 },
      endpoint: "/token",
      wrong: {
        flow: () => Effect.map(securityToken("never-issued"), (token) => refreshToken(token)),
        code: "invalid_grant",
      },
    }),
    startForeignServer,
  )
}

flowLaws(
  "token exchange at a foreign server",
  () => ({
    flow: (issuer) =>
      Effect.gen(function* () {
        const { accessToken } = yield* login(basic("web app")(issuer), "read write")
        return tokenExchange({ subject: yield* securityToken(accessToken) })
      }),
    client: basic("gateway"),
    target: { resource: billing, scope: "read" },
    expected: { audience: billing, subject, scope: "read", lifetime: 120 },
    endpoint: "/token",
    wrong: {
      flow: () => Effect.map(securityToken("not-a-token-of-theirs"), (token) => tokenExchange({ subject: token })),
      code: "invalid_grant",
    },
  }),
  startForeignServer,
)

flowLaws(
  "token exchange with an actor token at a foreign server",
  () => ({
    flow: (issuer) =>
      Effect.gen(function* () {
        const { accessToken } = yield* login(basic("web app")(issuer), "read write")
        const target = Result.getOrThrow(parseTarget({ audience: billing }))
        const own = yield* clientCredentials().acquire(basic("gateway")(issuer), target)
        const actor = yield* securityToken(own.accessToken)
        return tokenExchange({ subject: yield* securityToken(accessToken), actor, requestedTokenType: "access_token" })
      }),
    client: basic("gateway"),
    target: { audience: stock, scope: "read" },
    expected: { audience: stock, subject, scope: "read", lifetime: 900 },
    endpoint: "/token",
    wrong: {
      client: (issuer) => ({ ...basic("gateway")(issuer), clientAuth: clientSecretBasic("no") }),
      code: "invalid_client",
    },
  }),
  startForeignServer,
)

flowLaws(
  "oauth/ro at a foreign server",
  () => ({
    flow: oauthRo({ ...person, connection: bob.connection }),
    client: anonymous("spa"),
    target: {},
    expected: { audience: "spa", subject, lifetime: 36_000 },
    endpoint: "/oauth/ro",
    wrong: { flow: oauthRo({ ...person, password: "no", connection: bob.connection }), code: "invalid_credentials" },
  }),
  startForeignServer,
)

const legacyLogin = (issuer: string, scope: string) =>
  oauthRo({ ...person, connection: bob.connection, device: "laptop" }).acquire(
    anonymous("spa")(issuer),
    Result.getOrThrow(parseTarget({ scope })),
  )

const known = { connection: bob.connection, device: "laptop", subject: "bob" }

flowLaws(
  "oauth/ro with an ID token at a foreign server",
  () => ({
    flow: (issuer) =>
      Effect.map(legacyLogin(issuer, "openid"), ({ idToken = "" }) =>
        oauthRoAssertion({ ...known, idToken: () => idToken }),
      ),
    client: anonymous("spa"),
    target: {},
    expected: { audience: "spa", subject, lifetime: 36_000 },
    endpoint: "/oauth/ro",
    wrong: { flow: oauthRoAssertion({ ...known, idToken: () => "not.a.token" }), code: "invalid_grant" },
  }),
  startForeignServer,
)

flowLaws(
  "delegation with an ID token at a foreign server",
  () => ({
    flow: (issuer) =>
      Effect.gen(function* () {
        const { idToken = "" } = yield* legacyLogin(issuer, "openid")
        return legacyDelegation({ idToken: yield* securityToken(idToken, { type: "id_token" }) })
      }),
    client: anonymous("spa"),
    target: { audience: "orders-api", scope: "openid email" },
    expected: { audience: "orders-api", subject, lifetime: 1200 },
    endpoint: "/delegation",
    wrong: {
      flow: () => Effect.map(securityToken("a.b.c"), (idToken) => legacyDelegation({ idToken })),
      code: "invalid_grant",
    },
  }),
  startForeignServer,
)

flowLaws(
  "delegation with a refresh token at a foreign server",
  () => ({
    flow: (issuer) =>
      Effect.gen(function* () {
        const set = yield* legacyLogin(issuer, "openid offline_access")
        return legacyDelegation({ refreshToken: yield* securityToken(set.refreshToken ?? Redacted.make("")) })
      }),
    client: (issuer) => ({ issuer, clientId: "spa", clientAuth: clientSecretPost(secretFor("spa")) }),
    target: { audience: "orders-api" },
    expected: { audience: "orders-api", subject, lifetime: 1200 },
    endpoint: "/delegation",
    wrong: {
      flow: () => Effect.map(securityToken("never-issued"), (token) => legacyDelegation({ refreshToken: token })),
      code: "invalid_grant",
    },
  }),
  startForeignServer,
)
