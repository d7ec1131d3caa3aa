import { ada, audiences, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { actorsOf } from "./actors.ts"
import { portalOf } from "./signed-in.ts"
import { whoami } from "./whoami.ts"

/** Ada → portal → orders API → billing API, each with its own credentials; the last one reads who acted. */
export const chain: Step = {
  name: "delegation/chain",
  prepare: (world) => void world.firstApi().catch(() => {}),
  take: async (world, signal) => {
    await using portal = portalOf(world)
    const hers = await portal.token(undefined, { signal })
    const atOrders = await portal.delegate(hers, { audience: audiences.orders, scope: "orders:read" }, { signal })
    const first = await world.firstApi()
    // the orders API has a process and credentials of its own, and hands on what the billing API answers
    const claims = await whoami({ api: first }, atOrders, "/next/whoami")
    expect(claims["aud"] === audiences.billing, `the last API read a token for ${String(claims["aud"])}`)
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
