import { clientCredentials, clientSecretBasic, createClient } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  clientAuth: clientSecretBasic(CLIENT_SECRET!),
  flow: clientCredentials(),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
