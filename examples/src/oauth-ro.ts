import { createClient, oauthRo } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, USERNAME, PASSWORD, API } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  flow: oauthRo({ username: USERNAME!, password: PASSWORD!, connection: "users" }),
  // the ID token is for the client itself: the API shares the client's id and secret
  apis: { [API!]: { scope: "openid email" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
