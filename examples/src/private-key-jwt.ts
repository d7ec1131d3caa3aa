import { readFile } from "node:fs/promises"
import { clientCredentials, createClient, privateKeyJwt } from "@bearerkit/node"

const { ISSUER, CLIENT_ID, PRIVATE_KEY_FILE, API, AUDIENCE } = process.env as Record<string, string>

await using client = createClient({
  issuer: ISSUER!,
  clientId: CLIENT_ID!,
  // PKCS #8 PEM; a JWK or a CryptoKey works as well
  clientAuth: privateKeyJwt(await readFile(PRIVATE_KEY_FILE!, "utf8")),
  flow: clientCredentials(),
  apis: { [API!]: { audience: AUDIENCE!, scope: "read" } },
})

const response = await client.fetch(`${API}/orders`)
console.log(response.status, await response.text())
