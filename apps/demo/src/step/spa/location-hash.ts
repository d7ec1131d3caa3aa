import { beginImplicit, completeImplicit, presentedToken } from "@bearerkit/core"
import { Person } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ada, audiences, clients, redirectUris } from "../../world/people.ts"
import { whoami } from "../delegation/whoami.ts"
import { expect } from "../expect.ts"
import { perform, publicClient } from "../program.ts"
import type { Step } from "../step.ts"

/** The single page app of old: the tokens come back in the location hash, and all that can be checked of them is. */
export const locationHash: Step = {
  name: "spa/location-hash",
  take: async (world, signal) => {
    const client = publicClient(world, clients.hashSpa)
    const person = new Person({ username: ada.username, password: world.secrets.adaPassword })
    const program = Effect.gen(function* () {
      const target = { audience: audiences.orders, scope: "openid orders:read" }
      const options = { redirectUri: redirectUris.hashSpa, responseType: "id_token token" } as const
      const { url, transaction } = yield* beginImplicit(client, target, options)
      const callback = yield* Effect.promise(() => person.visit(url))
      return { callback, login: yield* completeImplicit(client, { transaction, callback }) }
    })
    const { callback, login } = await perform(world, program, signal)
    expect(new URL(String(callback)).hash.includes("id_token="), "there was no ID token in the hash")
    const read = await whoami(world, Redacted.value(presentedToken(login.tokens).value), "/whoami")
    expect(login.claims?.sub === read["sub"], `the ID token is about ${login.claims?.sub}, not ${String(read["sub"])}`)
    return {
      line: `${ada.username} came back with the tokens in the hash; ${clients.hashSpa} checked signature, state, nonce and at_hash, and the API read the same person`,
      detail: { jti: read["jti"], client: clients.hashSpa, subject: read["sub"], audience: read["aud"] },
    }
  },
}
