import { type Issuer, type IssuerConfig, type IssuerOptions, startIssuer } from "../../src/index.ts"

export const SECRET = "service-secret-0123456789-0123456789"
export const API_SECRET = "orders-api-secret-0123456789-0123456789"
export const ORDERS = "https://api.example/orders"
export const REPORTS = "reports"
export const PASSWORD = "correct horse battery"

export const config: IssuerConfig = {
  clients: [
    {
      id: "service",
      secret: SECRET,
      grants: ["client_credentials", "password", "password-realm", "oauth-ro", "refresh_token"],
    },
    { id: "narrow", secret: SECRET, grants: ["client_credentials"], scope: "read" },
  ],
  apis: [
    { audience: ORDERS, scopes: ["read", "write"], secret: API_SECRET },
    { audience: REPORTS, scopes: ["read"], tokenLifetime: 60 },
  ],
  connections: [
    {
      name: "users",
      strategy: "database",
      users: [
        {
          username: "alice",
          password: PASSWORD,
          email: "alice@example.test",
          emailVerified: true,
          name: "Alice Liddell",
        },
        { username: "mallory", password: PASSWORD, blocked: true },
      ],
    },
    { name: "closed", strategy: "database", disabled: true },
  ],
  defaultConnection: "users",
}

export const start = (options: Partial<IssuerOptions> = {}): Promise<Issuer> => startIssuer({ config, ...options })

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export type Form = Readonly<Record<string, string>>

export const post = async (
  issuer: Issuer,
  path: string,
  form: Form | URLSearchParams,
  headers: Form = {},
): Promise<Answer> => read(await fetch(issuer.url + path, { method: "POST", headers, body: new URLSearchParams(form) }))

export const postJson = async (issuer: Issuer, path: string, body: unknown): Promise<Answer> =>
  read(
    await fetch(issuer.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  )

export const read = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: response.headers,
  body: (await response.json()) as Record<string, unknown>,
})

/** A token request of the client `service`. */
export const token = (issuer: Issuer, form: Form): Promise<Answer> =>
  post(issuer, "/token", { client_id: "service", client_secret: SECRET, ...form })

/** A right request to `/oauth/ro`. */
export const login = {
  client_id: "service",
  grant_type: "password",
  connection: "users",
  username: "alice",
  password: PASSWORD,
}

export const key = (secret: string): Uint8Array => new TextEncoder().encode(secret)
