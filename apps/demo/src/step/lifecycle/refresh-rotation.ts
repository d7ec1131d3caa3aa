import { type Token, TokenProvider } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ada, clients } from "../../world/people.ts"
import { payloadOf } from "../api/payload.ts"
import { whoami } from "../delegation/whoami.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { asAda, target } from "./signed-in.ts"

/** Three times an API refuses the token, a hundred callers ask at once, and each refresh token is spent once. */
export const refreshRotation: Step = {
  name: "lifecycle/refresh-rotation",
  take: async (world, signal) => {
    const before = world.issuer.refreshes.length
    const program = Effect.gen(function* () {
      const provider = yield* TokenProvider
      let token: Token = yield* provider.token(target)
      for (let round = 0; round < 3; round++) {
        const refused = token
        const callers = Array.from({ length: 100 }, () => provider.renew(target, refused))
        const renewed = yield* Effect.all(callers, { concurrency: "unbounded" })
        token = renewed[0] ?? refused
        expect(
          new Set(renewed.map(({ value }) => Redacted.value(value))).size === 1,
          "the callers got different tokens",
        )
      }
      return Redacted.value(token.value)
    })
    const token = await asAda(world, program, { signal })
    const spent = world.issuer.refreshes.slice(before)
    expect(spent.length === 3, `the issuer saw ${spent.length} refresh requests`)
    expect(new Set(spent.map((entry) => entry.token)).size === 3, "a refresh token was sent twice")
    await whoami(world, token, "/whoami")
    return {
      line: `${ada.username}'s login was renewed three times for a hundred callers each; the issuer saw three requests and no refresh token twice`,
      detail: { jti: payloadOf(token)["jti"], client: clients.spa, requests: spent.length },
    }
  },
}
