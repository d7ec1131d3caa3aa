import { createClient, kubernetes, workloadIdentity } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, TOKEN_FILE, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  // in a job of GitHub Actions: workloadIdentity(githubActions())
  flow: workloadIdentity(kubernetes({ tokenFile: TOKEN_FILE!, subject: "system:serviceaccount:shop:reporter" })),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
