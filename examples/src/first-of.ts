import {
  clientCredentials,
  clientSecretBasic,
  createClient,
  firstOf,
  githubActions,
  workloadIdentity,
} from "@bearerkit/node"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  clientAuth: clientSecretBasic(CLIENT_SECRET!),
  // in a job as the job, elsewhere with the secret
  flow: firstOf([workloadIdentity(githubActions()), clientCredentials()]),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
  onEvent: (event) => {
    if (event.type !== "chain-answered") return
    console.error(`${event.grant} answered.`)
    for (const { grant, message } of event.others) console.error(`Not ${grant}: ${message}`)
  },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
