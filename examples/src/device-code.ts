import { createClient, deviceCode } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  flow: deviceCode({
    onCode: ({ userCode, verificationUri }) => console.error(`Open ${verificationUri} and enter ${userCode}`),
    onPoll: () => console.error("Waiting…"),
  }),
  target: { audience: AUDIENCE!, scope: "read" },
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const { user } = await client.login()
console.error(`Signed in as ${user.subject}`)

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
