import { beginAuthorization, completeAuthorization, presentedToken } from "@bearerkit/core"
import { Person } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ada, audiences, clients, redirectUris } from "../../world/people.ts"
import { whoami } from "../delegation/whoami.ts"
import { expect } from "../expect.ts"
import { perform, publicClient } from "../program.ts"
import type { Step } from "../step.ts"

/** Today's single page app: Ada signs in at the issuer's page, and the code that comes back is traded with PKCE. */
export const codePkce: Step = {
  name: "spa/code-pkce",
  take: async (world, signal) => {
    const client = publicClient(world, clients.spa)
    const person = new Person({ username: ada.username, password: world.secrets.adaPassword })
    const program = Effect.gen(function* () {
      const target = { audience: audiences.orders, scope: "openid email orders:read" }
      const { url, transaction } = yield* beginAuthorization(client, target, { redirectUri: redirectUris.spa })
      const callback = yield* Effect.promise(() => person.visit(url))
      return yield* completeAuthorization(client, { transaction, callback })
    })
    const { tokens, claims } = await perform(world, program, signal)
    const read = await whoami(world, Redacted.value(presentedToken(tokens).value), "/whoami")
    expect(claims?.sub === read["sub"], `the ID token is about ${claims?.sub}, the API read ${String(read["sub"])}`)
    return {
      line: `${ada.username} signed in at the issuer's page; ${clients.spa} traded the code with PKCE, checked the ID token, and the API read the same person`,
      detail: {
        jti: read["jti"],
        client: clients.spa,
        subject: read["sub"],
        audience: read["aud"],
        email: claims?.["email"],
      },
    }
  },
}
