import { createClient, legacyWire } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, ID_TOKEN, API, TARGET } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  delegation: { wire: legacyWire },
})

// an ID token of this client for one that the target's own secret signs
const token = await client.delegate(ID_TOKEN!, { audience: TARGET! }, { subjectType: "id_token" })

const response = await fetch(`${API}/orders`, { headers: { authorization: `Bearer ${token}` } })
console.log(response.status, await response.text())
