import { ada, audiences, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { actorsOf } from "./actors.ts"
import { portalOf } from "./signed-in.ts"
import { whoami } from "./whoami.ts"

/** Today's trade: the portal exchanges Ada's token for one that the orders API accepts, and the actor is recorded. */
export const tokenExchange: Step = {
  name: "delegation/token-exchange",
  take: async (world, signal) => {
    await using portal = portalOf(world)
    const hers = await portal.token(undefined, { signal })
    const before = world.issuer.countRequests("/token", "POST")
    const target = { audience: audiences.orders, scope: "orders:read" }
    const delegated = await Promise.all(Array.from({ length: 10 }, () => portal.delegate(hers, target, { signal })))
    const requests = world.issuer.countRequests("/token", "POST") - before
    expect(requests === 1, `ten delegations of one token for one target cost ${requests} requests`)
    const claims = await whoami(world, delegated[0] ?? "", "/whoami")
    const actors = actorsOf(claims)
    expect(actors.join() === clients.portal, `the API read the actors ${actors.join(", ")}`)
    return {
      line: `${clients.portal} exchanged ${ada.username}'s token for one for ${audiences.orders}; the API read who it is about and that ${clients.portal} acts`,
      detail: { jti: claims["jti"], client: clients.portal, subject: claims["sub"], audience: claims["aud"], actors },
    }
  },
}
