import { grace, audiences, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { shownOn, signIn, textAt, visitorOf } from "./visitor.ts"

/** The web app calls the orders API for Ada, and then lets the reports API call it on her behalf. */
export const onBehalfOf: Step = {
  name: "web/on-behalf-of",
  take: async (world) => {
    const visitor = visitorOf(world)
    await signIn(visitor)
    const direct = await textAt(visitor, "/api")
    expect(shownOn(direct, "act").length === 0, "somebody acted for her when the web app called with her own token")
    const before = world.issuer.countGrants("token-exchange")
    const page = await textAt(visitor, "/on-behalf-of")
    await textAt(visitor, "/on-behalf-of")
    const exchanges = world.issuer.countGrants("token-exchange") - before
    expect(exchanges === 2, `two calls on her behalf cost ${exchanges} exchanges`)
    const [subject] = shownOn(page, "sub")
    expect(subject === shownOn(direct, "sub")[0], `the orders API read the subject ${subject}`)
    const [jti] = shownOn(page, "jti")
    const actors = [...page.matchAll(/data-actor[^>]*>([^<]*)</g)].map(([, actor]) => actor)
    const chain = [clients.web, clients.reportsApi]
    expect(actors.join() === chain.join(), `the orders API read the actors ${actors.join(", ")}`)
    return {
      line: `${grace.username} → ${clients.web} → ${clients.reportsApi} → ${audiences.orders}: the page shows both actors, as the last API read them`,
      detail: { jti, client: clients.reportsApi, subject, audience: audiences.orders, actors: chain.toReversed() },
    }
  },
}
