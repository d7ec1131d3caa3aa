import { beginImplicit, completeImplicit, discoveryLayer, httpLayer, none, sharedFlightsLayer } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createInterface } from "node:readline/promises"

const { ISSUER, CLIENT_ID, API, AUDIENCE } = process.env as Record<string, string>

// for issuers that give a page no code; a page would keep the transaction while the person is away
const client = { issuer: ISSUER!, clientId: CLIENT_ID!, clientAuth: none() }
const network = discoveryLayer.pipe(Layer.provideMerge(Layer.merge(httpLayer(), sharedFlightsLayer)))

const program = Effect.gen(function* () {
  const { url, transaction } = yield* beginImplicit(
    client,
    { audience: AUDIENCE!, scope: "openid read" },
    { redirectUri: "http://127.0.0.1:5555/callback", responseType: "id_token token" },
  )
  console.error(`Open this address, sign in, and paste the address you come back to:\n${url}`)
  const callback = yield* Effect.promise(pastedLine)
  return yield* completeImplicit(client, { transaction, callback })
})

const pastedLine = async (): Promise<string> => {
  const terminal = createInterface({ input: process.stdin })
  for await (const line of terminal) return line
  return ""
}

const { tokens } = await Effect.runPromise(Effect.provide(program, network))
const authorization = `Bearer ${Redacted.value(tokens.accessToken)}`
const response = await fetch(`${API}/orders`, { headers: { authorization } })
console.log(response.status, await response.text())
