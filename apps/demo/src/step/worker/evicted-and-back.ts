import { grace, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { claimsIn, signedIn } from "./edge.ts"

/** The Durable Object of Ada's session is evicted from memory, and she is still signed in. */
export const evictedAndBack: Step = {
  name: "worker/evicted-and-back",
  take: async (world) => {
    const visitor = await signedIn(world)
    const before = await claimsIn(await visitor.get("/orders/whoami"))
    const evicted = await (await world.gateway()).evict()
    expect(evicted > 0, "there was no Durable Object to evict")
    const claims = await claimsIn(await visitor.get("/orders/whoami"))
    expect(claims["sub"] === before["sub"], `the API read the subject ${String(claims["sub"])} afterwards`)
    return {
      line: `${evicted} Durable Objects were evicted, and ${grace.username} is still signed in`,
      detail: { jti: claims["jti"], client: clients.gateway, subject: claims["sub"], evicted },
    }
  },
}
