import { audiences, clients } from "../../world/people.ts"
import { actorsOf } from "../delegation/actors.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { ask, claimsIn, reporterToken } from "./edge.ts"

/** The gateway exchanges the token of who calls for one of the API behind the route, once for twenty requests. */
export const delegatesExchange: Step = {
  name: "worker/delegates-exchange",
  take: async (world, signal) => {
    const token = await reporterToken(world, signal)
    const before = world.issuer.countGrants("token-exchange")
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(world, "/orders/whoami", token)))
    const claims = await claimsIn(answers[0]!)
    const exchanges = world.issuer.countGrants("token-exchange") - before
    expect(exchanges === 1, `twenty requests cost ${exchanges} exchanges`)
    expect(claims["aud"] === audiences.orders, `the API read the audience ${String(claims["aud"])}`)
    const actors = actorsOf(claims)
    expect(actors.join() === clients.gateway, `the API read the actors ${actors.join(", ")}`)
    return {
      line: `the gateway exchanged ${clients.reporter}'s token for one for ${audiences.orders}, once for twenty requests; the API read that ${clients.gateway} acts`,
      detail: { jti: claims["jti"], client: clients.gateway, audience: claims["aud"], actors, exchanges },
    }
  },
}
