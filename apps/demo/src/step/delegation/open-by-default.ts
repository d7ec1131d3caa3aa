import { BearerError } from "@bearerkit/node"
import { audiences, clients } from "../../world/people.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { portalOf } from "./signed-in.ts"

/** Without a list every client may delegate; a list restricts to those on it; an empty one lets nobody. */
export const openByDefault: Step = {
  name: "delegation/open-by-default",
  take: async (world, signal) => {
    await using portal = portalOf(world)
    const hers = await portal.token(undefined, { signal })
    const outcome = (audience: string): Promise<string> =>
      portal.delegate(hers, { audience }, { signal }).then(
        () => "allowed",
        (error: unknown) => (error instanceof BearerError ? error.code : String(error)),
      )
    const outcomes = {
      "no list": await outcome(audiences.orders),
      "a list without the client": await outcome(audiences.restricted),
      "an empty list": await outcome(audiences.closed),
    }
    const seen = Object.values(outcomes).join()
    expect(seen === "allowed,unauthorized_client,unauthorized_client", `it was ${JSON.stringify(outcomes)}`)
    const refused = world.issuer.refusals.filter(({ client }) => client === clients.portal).map(({ target }) => target)
    expect(
      refused.join() === [audiences.restricted, audiences.closed].join(),
      `the issuer logged ${refused.join(", ")}`,
    )
    return {
      line: "no list: allowed; a list without the client: refused; an empty list: refused, and the issuer logged both refusals",
      detail: { jti: payloadOf(hers)["jti"], client: clients.portal, outcomes, refused },
    }
  },
}
