import { defineIssuer, startIssuer } from "@bearerkit/issuer"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { assert, it, onTestFinished } from "vitest"
import { clientSecretBasic, createClient } from "../src/index.ts"

const audience = "https://orders.example"
const secret = "the secret of svc, which is long enough"

it("the client's fetch stands in for fetch: a generated client's request is sent whole, also with another token", async () => {
  const config = defineIssuer({
    clients: [{ id: "svc", secret, grants: ["client_credentials"] }],
    apis: [{ audience }],
  })
  const issuer = await startIssuer({ config })
  const got: Array<{ readonly authorization: string; readonly sent: string }> = []
  const api = createServer(async (request, response) => {
    const { method, url, headers } = request
    const sent = `${method} ${url} ${headers["content-type"]} ${headers["x-tenant"]} ${await text(request)}`
    got.push({ authorization: headers.authorization ?? "", sent })
    if (got.length === 1) response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' })
    response.end("done")
  })
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve))
  onTestFinished(async () => {
    api.closeAllConnections()
    api.close()
    await issuer.close()
  })
  const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  await using client = createClient({
    issuer: issuer.url,
    clientId: "svc",
    clientAuth: clientSecretBasic(secret),
    apis: { [origin]: { audience } },
  })
  const generated: typeof fetch = client.fetch
  const headers = { "content-type": "application/json", "x-tenant": "one" }
  const answer = await generated(new Request(`${origin}/orders?page=2`, { method: "POST", headers, body: '{"n":1}' }))
  assert.strictEqual(await answer.text(), "done")
  const whole = 'POST /orders?page=2 application/json one {"n":1}'
  assert.deepStrictEqual(
    got.map(({ sent }) => sent),
    [whole, whole],
  )
  assert.notStrictEqual(got[0]?.authorization, got[1]?.authorization)
})
