import { assert, expect, it } from "vitest"
import { generateDpopKey } from "../src/index.ts"
import { startCalledApi } from "./support/called-api.ts"

const payloadOf = (jwt: string): unknown => JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString())

it("a client with a key gets tokens that are bound to it, and proves that it has the key", async () => {
  const dpop = await generateDpopKey()
  const { client, origin } = await startCalledApi(
    ({ headers }, response) => response.end(`${headers.authorization}\n${headers["dpop"]}`),
    { dpop },
  )
  const { token, type, authorization } = await client.credential()
  assert.deepStrictEqual([type, authorization], ["DPoP", `DPoP ${token}`])
  expect(payloadOf(token)).toMatchObject({ cnf: { jkt: dpop.thumbprint } })
  const [sent, proof = ""] = (await (await client.fetch(`${origin}/orders`)).text()).split("\n")
  assert.strictEqual(sent, authorization)
  expect(payloadOf(proof)).toMatchObject({ htm: "GET", htu: `${origin}/orders` })
})
