import { generateKeyPairSync } from "node:crypto"

import { type Issuer, type IssuerConfig, type IssuerOptions } from "../../src/index.ts"
import { type Answer, API_SECRET, config, type Form, ORDERS, PASSWORD, post, REPORTS, SECRET, start } from "./issuer.ts"

export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
export const TYPE = "urn:ietf:params:oauth:token-type:"
export const BILLING = "https://api.example/billing"
export const CLOSED = "https://api.example/closed"
export const LISTED = "https://api.example/listed"
export const MIRROR = "https://api.example/mirror"
export const BILLING_SECRET = "billing-api-secret-0123456789-0123456789"

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey

/** What the issuer of these tests signs with, so that a test can forge what only the issuer could make. */
export const issuerKey = privateKey
export const KID = "exchange"

/** An application and two APIs, each with credentials of its own, and targets with every kind of list. */
export const exchangeConfig: IssuerConfig = {
  ...config,
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kty: "RSA", kid: KID, alg: "RS256", use: "sig" }] },
  clients: [
    { id: "web", secret: SECRET, grants: ["password", "client_credentials", "token-exchange"] },
    { id: "orders-api", secret: SECRET, grants: ["token-exchange", "client_credentials", "jwt-bearer"], api: ORDERS },
    { id: "reports-api", secret: SECRET, grants: ["token-exchange", "jwt-bearer"], api: REPORTS },
    { id: "billing-api", secret: SECRET, grants: ["token-exchange"], api: BILLING },
    { id: "stranger", secret: SECRET, grants: ["token-exchange", "jwt-bearer"] },
    { id: "narrow", secret: SECRET, grants: ["password", "token-exchange"], scope: "read" },
    { id: "twin", secret: SECRET, grants: ["password", "token-exchange"], impersonation: true },
    { id: "bound", secret: SECRET, grants: ["password", "token-exchange"], mayAct: "web" },
    { id: "off", secret: SECRET, grants: ["password"] },
  ],
  apis: [
    { audience: ORDERS, scopes: ["read", "write"], secret: API_SECRET },
    { audience: REPORTS, scopes: ["read", "list"], tokenLifetime: 600 },
    { audience: BILLING, scopes: ["pay", "refund"], secret: BILLING_SECRET },
    { audience: LISTED, scopes: ["read"], allowedCallers: ["orders-api"] },
    { audience: CLOSED, scopes: ["read"], allowedCallers: [] },
    { audience: MIRROR, scopes: ["read"], impersonation: true },
  ],
}

/** An issuer with these parties, whose clock runs so fast that no login is one too many. */
export const startExchange = (options: Partial<IssuerOptions> = {}): Promise<Issuer> => {
  let time = Date.UTC(2026, 0, 1)
  return start({ config: exchangeConfig, now: () => (time += 60_000), ...options })
}

export const as = (issuer: Issuer, client: string, form: Form, headers: Form = {}): Promise<Answer> =>
  post(issuer, "/token", { client_id: client, client_secret: SECRET, ...form }, headers)

/** Alice's access token for an API, issued to a client. */
export const aliceToken = async (
  issuer: Issuer,
  { client = "web", ...form }: Form & { readonly client?: string } = {},
): Promise<string> => {
  const login = { grant_type: "password", username: "alice", password: PASSWORD }
  const { body } = await as(issuer, client, { ...login, audience: ORDERS, scope: "read", ...form })
  return String(body["access_token"])
}

/** Exchanges an access token; the form can say anything else. */
export const exchange = (issuer: Issuer, client: string, form: Form, headers: Form = {}): Promise<Answer> =>
  as(
    issuer,
    client,
    { grant_type: TOKEN_EXCHANGE, subject_token_type: `${TYPE}access_token`, audience: REPORTS, ...form },
    headers,
  )
