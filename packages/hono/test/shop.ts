import { startIssuer } from "@bearerkit/issuer"

export const audience = "https://orders.example"

/** A real issuer with a client, two APIs, and what an API needs to know of it. */
export const startShop = async () => {
  const secret = "a secret that issuer and client share, long enough"
  const issuer = await startIssuer({
    config: {
      clients: [{ id: "shop", secret, grants: ["client_credentials"] }],
      apis: [{ audience, scopes: ["read", "write"] }, { audience: "https://reports.example" }],
    },
  })
  const tokenFor = async (params: Readonly<Record<string, string>>): Promise<string> => {
    const body = new URLSearchParams({ grant_type: "client_credentials", audience, ...params })
    const headers = { authorization: `Basic ${btoa(`shop:${encodeURIComponent(secret)}`)}` }
    const response = await fetch(`${issuer.url}/token`, { method: "POST", headers, body })
    return ((await response.json()) as { readonly access_token: string }).access_token
  }
  const token = await tokenFor({ scope: "read" })
  return { issuer, secret, token, tokenFor, options: { issuer: issuer.url, audience } }
}

export type Shop = Awaited<ReturnType<typeof startShop>>
