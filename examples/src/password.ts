import { clientSecretBasic, createClient, password } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, USERNAME, PASSWORD, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  clientAuth: clientSecretBasic(CLIENT_SECRET!),
  // without `realm` the issuer looks in its default directory
  flow: password({ username: USERNAME!, password: PASSWORD!, realm: "users" }),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
