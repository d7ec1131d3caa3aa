import { defineIssuer, startIssuer } from "@bearerkit/issuer"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, expect, it, onTestFinished } from "vitest"
import { clientSecretBasic, createClient, generateDpopKey } from "../src/index.ts"

const audience = "https://orders.example"
const secret = "the secret of svc, which is long enough"

it("a client with a key gets tokens that are bound to it, and proves that it has the key", async () => {
  const config = defineIssuer({
    clients: [{ id: "svc", secret, grants: ["client_credentials"] }],
    apis: [{ audience, scopes: ["read"] }],
    dpopNonces: true,
  })
  const issuer = await startIssuer({ config })
  const api = createServer(({ headers }, response) => response.end(`${headers.authorization}\n${headers["dpop"]}`))
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve))
  onTestFinished(async () => {
    api.closeAllConnections()
    api.close()
    await issuer.close()
  })
  const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const dpop = await generateDpopKey()
  await using client = createClient({
    issuer: issuer.url,
    clientId: "svc",
    clientAuth: clientSecretBasic(secret),
    apis: { [origin]: { audience } },
    target: { audience },
    dpop,
  })
  const { token, type, authorization } = await client.credential()
  assert.deepStrictEqual([type, authorization], ["DPoP", `DPoP ${token}`])
  expect(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
    cnf: { jkt: dpop.thumbprint },
  })
  const [sent, proof = ""] = (await (await client.fetch(`${origin}/orders`)).text()).split("\n")
  assert.strictEqual(sent, authorization)
  expect(JSON.parse(Buffer.from(proof.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
    htm: "GET",
    htu: `${origin}/orders`,
  })
})
