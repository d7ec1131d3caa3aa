import { createClient, loopback } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  // opens the browser, which comes back to this machine
  flow: loopback(),
  target: { audience: AUDIENCE!, scope: "read" },
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const { user } = await client.login()
console.error(`Signed in as ${user.subject}; the ID token has ${user.idToken.length} characters.`)

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
await client.logout()
