import { generateKeyPair } from "jose"

/** Who is known at the foreign server. Nothing here comes from our own code. */
export interface ForeignClient {
  readonly id: string
  readonly secret?: string
  readonly publicKey?: CryptoKey
  readonly grants: ReadonlyArray<string>
  /** Each refresh gives a new refresh token and ends the one that was used. */
  readonly rotates?: boolean
  /** Seconds that an ID token for this client lasts. */
  readonly idTokenLifetime?: number
  /** The clients that may delegate to this one; absent, all may. */
  readonly allowedCallers?: ReadonlyArray<string>
}

export interface ForeignApi {
  readonly audience: string
  readonly scopes: ReadonlyArray<string>
  readonly lifetime: number
}

export const signer = await generateKeyPair("ES256", { extractable: true })
export const issuerKeys = await generateKeyPair("RS256", { extractable: true })

/** RFC 7523 §3: a party that the server trusts to vouch for anybody. */
export const voucher = "https://voucher.example/"

const everything = [
  "client_credentials",
  "password",
  "http://auth0.com/oauth/grant-type/password-realm",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:token-exchange",
]

export const secretFor = (id: string): string => `foreign + secret/of ${id}: 100% sure, and long enough`

export const clients: ReadonlyMap<string, ForeignClient> = new Map(
  [
    { id: "web app", secret: secretFor("web app"), grants: everything },
    { id: "gateway", secret: secretFor("gateway"), grants: everything },
    { id: "rotating", secret: secretFor("rotating"), grants: everything, rotates: true },
    { id: "signing", publicKey: signer.publicKey, grants: everything },
    { id: "tied", secret: secretFor("tied"), grants: ["client_credentials"] },
    { id: "spa", secret: secretFor("spa"), grants: ["oauth-ro", "delegation"], idTokenLifetime: 36_000 },
    { id: "mobile", secret: secretFor("mobile"), grants: ["oauth-ro", "delegation"] },
    { id: "orders-api", secret: secretFor("orders-api"), grants: ["delegation"], idTokenLifetime: 1200 },
    { id: "ledger-api", secret: secretFor("ledger-api"), grants: [], allowedCallers: ["orders-api"] },
  ].map((client) => [client.id, client]),
)

export const apis: ReadonlyMap<string, ForeignApi> = new Map(
  [
    { audience: "https://stock.example/v1", scopes: ["read", "write"], lifetime: 900 },
    { audience: "https://billing.example/", scopes: ["read"], lifetime: 120 },
  ].map((api) => [api.audience, api]),
)

export const bob = {
  username: "bob",
  password: "pass + word & more = 100%",
  sub: "store|42",
  email: "bob@example.test",
  connection: "store",
}
export const eve = { username: "eve", password: "blocked eve", sub: "store|13", connection: "store" }
