import { readFileSync } from "node:fs"
import { oauthRoAssertion } from "@bearerkit/core"
import { createClient } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, ID_TOKEN_FILE, API } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  // the ID token of an earlier login on this device, in the place of a password
  flow: oauthRoAssertion({
    idToken: () => readFileSync(ID_TOKEN_FILE!, "utf8"),
    connection: "users",
    device: "the terminal in the hall",
    subject: "ada",
  }),
  apis: { [API!]: { scope: "openid email" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
