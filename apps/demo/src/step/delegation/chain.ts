import { ada, audiences, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { actorsOf } from "./actors.ts"
import { ordersApiOf, portalOf } from "./signed-in.ts"
import { whoami } from "./whoami.ts"

/** Ada → portal → orders API → billing API, each with its own credentials; the last one reads who acted. */
export const chain: Step = {
  name: "delegation/chain",
  take: async (world, signal) => {
    await using portal = portalOf(world)
    await using ordersApi = ordersApiOf(world)
    const hers = await portal.token(undefined, { signal })
    const atOrders = await portal.delegate(hers, { audience: audiences.orders, scope: "orders:read" }, { signal })
    const atBilling = await ordersApi.delegate(
      atOrders,
      { audience: audiences.billing, scope: "billing:read" },
      { signal },
    )
    const claims = await whoami(world, atBilling, "/whoami")
    const actors = actorsOf(claims)
    expect(
      actors.join() === `${clients.ordersApi},${clients.portal}`,
      `the last API read the actors ${actors.join(", ")}`,
    )
    return {
      line: `${ada.username} → ${clients.portal} → ${clients.ordersApi} → ${audiences.billing}: the last API read both actors`,
      detail: {
        jti: claims["jti"],
        client: clients.ordersApi,
        subject: claims["sub"],
        audience: claims["aud"],
        actors,
      },
    }
  },
}
