import { clientSecretBasic, createClient, entraWire } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, SUBJECT_TOKEN, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  clientAuth: clientSecretBasic(CLIENT_SECRET!),
  delegation: { wire: entraWire },
})

// at Entra the scope alone names the next API, such as https://graph.microsoft.com/.default
const token = await client.delegate(SUBJECT_TOKEN!, { audience: AUDIENCE!, scope: "read" })

const response = await fetch(`${API}/orders`, { headers: { authorization: `Bearer ${token}` } })
console.log(response.status, await response.text())
