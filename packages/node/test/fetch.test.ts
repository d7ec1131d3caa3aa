import { text } from "node:stream/consumers"
import { assert, it } from "vitest"
import { startCalledApi } from "./support/called-api.ts"

it("the client's fetch stands in for fetch: a generated client's request is sent whole, also with another token", async () => {
  const got: Array<{ readonly authorization: string; readonly sent: string }> = []
  const { client, origin } = await startCalledApi(async (request, response) => {
    const { method, url, headers } = request
    const sent = `${method} ${url} ${headers["content-type"]} ${headers["x-tenant"]} ${await text(request)}`
    got.push({ authorization: headers.authorization ?? "", sent })
    if (got.length === 1) response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' })
    response.end("done")
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
