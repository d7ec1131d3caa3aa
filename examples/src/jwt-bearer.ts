import { readFile } from "node:fs/promises"
import { createClient, jwtBearer, privateKeyJwt, selfSigned } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, PRIVATE_KEY_FILE, API, AUDIENCE } = process.env as Record<string, string>

const key = await readFile(PRIVATE_KEY_FILE!, "utf8")

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  clientAuth: privateKeyJwt(key),
  // the issuer must trust https://machines.example to speak for this subject
  flow: jwtBearer(selfSigned({ key, issuer: "https://machines.example", subject: "machine-7" })),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
