import { createClient, deviceCode, fileStorage } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, STATE, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  flow: deviceCode(),
  // without `directory` it is where this user's programs keep such things
  storage: fileStorage({ directory: STATE! }),
  target: { audience: AUDIENCE!, scope: "read write" },
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
  onEvent: (event) => event.type === "count" && console.error(event.name, event.attributes),
})

// only the first run asks the person
if ((await client.user()) === undefined) await client.login()

// for another scope, or when the last token has ended, the refresh token is spent; its successor is kept
const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
