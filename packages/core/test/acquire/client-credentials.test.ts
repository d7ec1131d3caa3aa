import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import {
  type ClientAuth,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  none,
  privateKeyJwt,
} from "../../src/protocol/client-auth.ts"
import { flowLaws } from "../laws/flow.ts"
import { startPlainProvider } from "../support/plain-provider.ts"
import { droneJwk, ledger, orders, robotPem, secretOf } from "../support/world.ts"

const methods: ReadonlyArray<readonly [clientId: string, method: string, right: ClientAuth, wrong: ClientAuth]> = [
  ["basic", "client_secret_basic", clientSecretBasic(secretOf("basic")), clientSecretBasic("wrong")],
  ["post", "client_secret_post", clientSecretPost(secretOf("post")), clientSecretPost("wrong")],
  ["jwt", "client_secret_jwt", clientSecretJwt(secretOf("jwt")), clientSecretJwt(secretOf("another"))],
  ["robot", "private_key_jwt with a PEM", privateKeyJwt(robotPem), none()],
  ["drone", "private_key_jwt with a JWK", privateKeyJwt(droneJwk), privateKeyJwt(robotPem, { keyId: "drone-1" })],
]

for (const [clientId, method, right, wrong] of methods) {
  flowLaws(`client credentials by ${method}`, () => ({
    flow: clientCredentials(),
    client: (issuer) => ({ issuer, clientId, clientAuth: right }),
    target: { audience: orders, scope: "read" },
    expected: { audience: orders, subject: new RegExp(`^${clientId}$`), scope: "read", lifetime: 600 },
    endpoint: "/token",
    wrong: { client: (issuer) => ({ issuer, clientId, clientAuth: wrong }), code: "invalid_client" },
  }))
}

flowLaws("client credentials for an API with its own secret", () => ({
  flow: clientCredentials(),
  client: (issuer) => ({ issuer, clientId: "basic", clientAuth: clientSecretBasic(secretOf("basic")) }),
  target: { resource: ledger, scope: ["read"] },
  expected: { audience: ledger, subject: /^basic$/, scope: "read", lifetime: 3600 },
  endpoint: "/token",
  wrong: {
    client: (issuer) => ({ issuer, clientId: "nobody", clientAuth: clientSecretBasic("x") }),
    code: "invalid_client",
  },
}))

flowLaws(
  "client credentials, over a plain provider",
  () => ({
    flow: clientCredentials(),
    client: (issuer) => ({ issuer, clientId: "basic", clientAuth: clientSecretBasic(secretOf("basic")) }),
    target: { resource: orders, scope: "read" },
    expected: { audience: orders, subject: /^basic$/, scope: "read", lifetime: 600 },
    endpoint: "/token",
    wrong: {
      client: (issuer) => ({ issuer, clientId: "basic", clientAuth: clientSecretBasic("wrong") }),
      code: "invalid_client",
    },
  }),
  startPlainProvider,
)
