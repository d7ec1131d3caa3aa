import { grace, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { claimsIn, signedIn } from "./edge.ts"

/** Fifty requests of one session come when its token has ended, and its refresh token is spent once. */
export const renewsOnce: Step = {
  name: "worker/renews-once",
  take: async (world) => {
    const visitor = await signedIn(world)
    const gateway = await world.gateway()
    const before = world.issuer.refreshes.length
    await gateway.moveClock(hour)
    const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.copy().get("/me")))
    await gateway.moveClock(0)
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].join() === "200", `the gateway answered ${[...statuses].join(", ")}`)
    const renewals = world.issuer.refreshes.length - before
    expect(renewals === 1, `the issuer saw ${renewals} renewals`)
    const claims = await claimsIn(await visitor.get("/orders/whoami"))
    return {
      line: `fifty requests of ${grace.username} came an hour later, when her token had ended; the issuer saw one renewal`,
      detail: { jti: claims["jti"], client: clients.gateway, subject: claims["sub"], renewals },
    }
  },
}

const hour = 3_600_000
