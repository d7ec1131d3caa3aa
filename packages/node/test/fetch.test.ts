import { text } from "node:stream/consumers"
import { assert, it } from "vitest"
import { createClient } from "../src/index.ts"
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

const unread = (signal?: AbortSignal) =>
  new Request("https://api.example/", {
    method: "POST",
    body: new ReadableStream(),
    duplex: "half",
    ...(signal && { signal }),
  } as RequestInit)
const calling = () =>
  createClient({ issuer: "https://issuer.example", clientId: "svc", apis: { "https://api.example": {} } })
const thrownBy = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

it("a request whose body never ends is ended by its signal, by that of the call, and with the client", async () => {
  const reason = new Error("enough")
  const [own, other] = [new AbortController(), new AbortController()]
  const client = calling()
  const aborted = thrownBy(client.fetch(unread(own.signal)))
  const abortedToo = thrownBy(client.fetch(unread(), { signal: other.signal }))
  const closed = thrownBy(client.fetch(unread()))
  own.abort(reason)
  other.abort(reason)
  assert.strictEqual(await aborted, reason)
  assert.strictEqual(await abortedToo, reason)
  await client.close()
  assert.propertyVal(await closed, "code", "closed")
  assert.propertyVal(await thrownBy(client.fetch(unread())), "code", "closed")
})

it("a request whose body fails fails as that does", async () => {
  const reason = new Error("the disk is gone")
  const body = new ReadableStream({ pull: (controller) => controller.error(reason) })
  await using client = calling()
  const request = new Request("https://api.example/", { method: "POST", body, duplex: "half" } as RequestInit)
  assert.strictEqual(await thrownBy(client.fetch(request)), reason)
})

it("a request whose body was read already is refused", async () => {
  await using client = calling()
  const request = new Request("https://api.example/", { method: "POST", body: "once" })
  await request.text()
  const error = await thrownBy(client.fetch(request))
  assert.propertyVal(error, "code", "invalid_options")
  assert.match(String(error), /The option request has a body that was read already/)
})

it("a header that cannot be sent is refused, and its value, which may be a secret, is not repeated", async () => {
  await using client = calling()
  for (const headers of [{ "x-api-key": "hush-hush\nmore" }, { "x api key": "hush-hush" }, [["hush-hush"]]]) {
    const error = await thrownBy(client.fetch("https://api.example/", { headers: headers as HeadersInit }))
    assert.propertyVal(error, "code", "invalid_options")
    assert.match(String(error), /The option headers has a name or a value that HTTP does not allow/)
    assert.notInclude(String(error), "hush-hush")
  }
})
