import { grace, audiences, clients } from "../../world/people.ts"
import { actorsOf } from "../delegation/actors.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { claimsIn, signedIn } from "./edge.ts"

/** Ada signs in at the gateway; her browser has a name and no token, and the API behind reads who she is. */
export const login: Step = {
  name: "worker/login",
  take: async (world) => {
    const visitor = await signedIn(world)
    const cookie = visitor.cookies.header
    expect(cookie.length < 100, `the cookie of a session has ${cookie.length} characters`)
    const claims = await claimsIn(await visitor.get("/orders/whoami"))
    const actors = actorsOf(claims)
    expect(actors.join() === clients.gateway, `the API read the actors ${actors.join(", ")}`)
    return {
      line: `${grace.username} signed in at the gateway, whose Durable Object keeps her session; ${audiences.orders} read who she is and that ${clients.gateway} acts`,
      detail: { jti: claims["jti"], client: clients.gateway, subject: claims["sub"], actors },
    }
  },
}
