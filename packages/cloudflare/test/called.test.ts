import { text } from "node:stream/consumers"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { json, startServer, type TestServer } from "../../core/test/support/server.ts"
import { startWorkerd, type Workerd } from "./support/workerd.ts"

let workerd: Workerd
let api: TestServer
beforeAll(async () => {
  workerd = await startWorkerd()
  api = await startServer(async (request, response) => {
    const body = await text(request)
    const { authorization, "content-type": type, "cache-control": cache } = request.headers
    // so that all is sent once more
    const status = authorization === "Bearer first" ? 401 : 200
    json(response, status, { method: request.method, authorization, type, cache, body })
  })
})
afterAll(async () => {
  await workerd.harness.close()
  await api[Symbol.asyncDispose]()
})

const call = async (init: RequestInit) => {
  const path = `/called?api=${encodeURIComponent(`${api.url}/orders`)}`
  return workerd.harness.fetch(path, { method: "POST", body: JSON.stringify(init) })
}

const post = { method: "POST", headers: { "content-type": "application/json" }, body: '{"é":1}' }
const sent = { method: "POST", authorization: "Bearer second", type: "application/json", body: '{"é":1}' }

describe("an API called with a Request from a Worker", () => {
  it.each<readonly [RequestInit, object]>([
    [{}, {}],
    [{ credentials: "include" }, {}],
    [{ cache: "no-store" }, { cache: "no-cache" }],
    [{ cache: "no-cache", credentials: "omit", redirect: "follow", keepalive: true }, { cache: "no-cache" }],
  ])("gets all of it, twice where need be, with %o", async (init, seen) => {
    const answer = await call({ ...post, ...init })
    assert.deepStrictEqual([answer.status, await answer.json()], [200, { ...sent, ...seen }])
  })

  it("gets one without a body", async () => {
    assert.deepStrictEqual(await (await call({})).json(), { method: "GET", authorization: "Bearer second", body: "" })
  })
})
