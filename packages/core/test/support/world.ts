import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import * as Layer from "effect/Layer"
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from "jose"
import { noteMinted } from "../../../../scripts/leaks/note.ts"
import { Http, httpLayer, type HttpOptions } from "../../src/http/client.ts"
import { sharedFlightsLayer, SingleFlight } from "../../src/http/single-flight.ts"
import { Discovery, discoveryLayer } from "../../src/protocol/discovery.ts"

/** Keys that registered clients sign with. */
const robot = await generateKeyPair("RS256", { extractable: true })
const drone = await generateKeyPair("ES256", { extractable: true })

export const robotPem = await exportPKCS8(robot.privateKey)
export const droneJwk = { ...(await exportJWK(drone.privateKey)), kid: "drone-1" }
const robotPublic = await exportSPKI(robot.publicKey)
const dronePublic = { kty: "EC", ...(await exportJWK(drone.publicKey)), kid: "drone-1", alg: "ES256", use: "sig" }

export const secretOf = (client: string): string => `the secret of ${client}, long enough & with: signs%`
export const alice = { username: "alice", password: "correct horse battery" }
export const orders = "https://orders.example/api"
export const ledger = "https://ledger.example/api"
export const ledgerSecret = "the ledger's own secret, 32 bytes and more"

/** Where people come back to. */
export const callback = "http://127.0.0.1:5555/callback"

/** A party whose assertions the issuer trusts; it signs with the robot's key. */
export const vouching = "https://vouching.example"

const service = { grants: ["client_credentials", "password", "password-realm"] }

const issuerKey = await generateKeyPair("RS256", { extractable: true })

const config = defineIssuer({
  dpopNonces: true,
  jwks: {
    keys: [{ kty: "RSA", ...(await exportJWK(issuerKey.privateKey)), kid: "issuer-1", alg: "RS256", use: "sig" }],
  },
  trustedAssertionIssuers: [{ issuer: vouching, publicKey: robotPublic }],
  clients: [
    { ...service, id: "basic", secret: secretOf("basic"), auth: "client_secret_basic" },
    { ...service, id: "post", secret: secretOf("post"), auth: "client_secret_post" },
    { ...service, id: "jwt", secret: secretOf("jwt"), auth: "client_secret_jwt" },
    { id: "robot", publicKey: robotPublic, grants: ["client_credentials", "jwt-bearer"] },
    { id: "drone", jwks: { keys: [dronePublic] }, grants: ["client_credentials", "jwt-bearer"] },
    { id: "old", secret: secretOf("old"), grants: ["oauth-ro", "delegation"] },
    { id: "rotating", secret: secretOf("rotating"), grants: ["password", "refresh_token"] },
    { id: "keeping", secret: secretOf("keeping"), grants: ["password", "refresh_token"], rotateRefreshTokens: false },
    { id: "orders-service", secret: secretOf("orders-service"), grants: ["jwt-bearer", "token-exchange"], api: orders },
    { id: "tv", grants: ["device-code", "refresh_token"] },
    { id: "spa", grants: ["authorization_code", "refresh_token"], redirectUris: [callback] },
    { id: "web", secret: secretOf("web"), grants: ["authorization_code", "refresh_token"], redirectUris: [callback] },
    {
      id: "pushing",
      secret: secretOf("web"),
      grants: ["authorization_code"],
      redirectUris: [callback],
      requirePushedAuthorizationRequests: true,
    },
    { id: "page", grants: ["implicit"], redirectUris: [callback] },
  ],
  apis: [
    { audience: orders, scopes: ["read", "write"], tokenLifetime: 600 },
    { audience: ledger, scopes: ["read"], secret: ledgerSecret },
    { audience: "brief", scopes: ["read"], tokenLifetime: 1 },
  ],
  connections: [
    {
      name: "users",
      strategy: "database",
      users: [
        { ...alice, email: "alice@example.test", name: "Alice" },
        { username: "mallory", password: "blocked for good reason", blocked: true },
      ],
    },
    { name: "closed", strategy: "database", disabled: true },
  ],
  defaultConnection: "users",
})

/** A real issuer in this process. */
export const startTestIssuer = async (): Promise<Issuer> => {
  const issuer = await startIssuer({ config, collectSecrets: true })
  noteMinted(issuer.minted)
  return issuer
}

/** What a flow needs to run. */
export const network = (options: HttpOptions = {}): Layer.Layer<Discovery | Http | SingleFlight> =>
  discoveryLayer.pipe(Layer.provideMerge(Layer.mergeAll(httpLayer(options), sharedFlightsLayer)))
