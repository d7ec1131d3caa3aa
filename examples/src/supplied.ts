import { readFile } from "node:fs/promises"
import { createClient, supplied } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, TOKEN_FILE, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  // a sidecar keeps the file fresh; it is read again when the last token has ended
  flow: supplied({ subject: "the sidecar", token: () => readFile(TOKEN_FILE!, "utf8") }),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
