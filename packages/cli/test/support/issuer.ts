import { generateKeyPairSync } from "node:crypto"
import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"

export const secret = "service-secret-0123456789-0123456789"
export const password = "correct horse"

export interface TestIssuer extends AsyncDisposable {
  readonly issuer: Issuer
  /** The private key of the client `robot` as PKCS #8 PEM. */
  readonly pem: string
  /** The same as JWK. */
  readonly jwk: string
}

/** A real issuer with a client for each way to authenticate, an API and two users in a directory. */
export const startTestIssuer = async (): Promise<TestIssuer> => {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const publicKey = keys.publicKey.export({ type: "spki", format: "pem" }).toString()
  const grants = ["client_credentials", "password", "password-realm", "oauth-ro"]
  const personGrants = ["authorization_code", "refresh_token"]
  const issuer = await startIssuer({
    config: defineIssuer({
      clients: [
        { id: "service", secret, grants, legacy: {} },
        { id: "poster", secret, auth: "client_secret_post", grants: ["client_credentials"] },
        { id: "signer", secret, auth: "client_secret_jwt", grants: ["client_credentials"] },
        { id: "desktop", grants: personGrants, redirectUris: ["http://127.0.0.1/callback"] },
        { id: "tv", grants: ["device-code", "refresh_token"] },
        { id: "ledger-clerk", secret, grants: ["client_credentials", "token-exchange"], api: "https://api.example" },
        { id: "robot", publicKey, grants: ["client_credentials", "jwt-bearer"], assertionSubjects: ["alice"] },
      ],
      apis: [
        { audience: "https://api.example", scopes: ["read", "write"], tokenLifetime: 600 },
        { audience: "reports", scopes: ["read"] },
      ],
      deviceFlow: { interval: 1 },
      connections: [
        {
          name: "users",
          strategy: "database",
          users: [
            { username: "alice", password },
            { username: "bob", password },
          ],
        },
      ],
    }),
  })
  return {
    issuer,
    pem: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    jwk: JSON.stringify({ ...keys.privateKey.export({ format: "jwk" }), alg: "RS256" }),
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

/** A token's claims, unchecked. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.trim().split(".")[1] ?? "", "base64url").toString())
