import { createClient, oauthRo } from "@bearerkit/node"
import { grace, clients, connections } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { ask, claimsIn } from "./edge.ts"

/** The old trade at the edge: the portal's ID token becomes one signed with the secret of the legacy API. */
export const delegatesLegacy: Step = {
  name: "worker/delegates-legacy",
  take: async (world, signal) => {
    await using portal = portalOf(world)
    const idToken = await portal.token({ scope: "openid" }, { signal })
    const claims = await claimsIn(await ask(world, "/legacy/whoami", idToken))
    const { sub } = payloadOf(idToken)
    expect(claims["sub"] === sub, `the API read the subject ${String(claims["sub"])}, not ${String(sub)}`)
    expect(claims["aud"] === clients.legacyApi, `the API read the audience ${String(claims["aud"])}`)
    return {
      line: `the gateway traded ${grace.username}'s ID token at POST /delegation for one signed with the secret of ${clients.legacyApi}; the API read the same subject`,
      detail: { jti: claims["jti"], client: clients.oldPortal, subject: sub, audience: claims["aud"] },
    }
  },
}

const portalOf = ({ issuer, secrets, now }: World) =>
  createClient({
    issuer: issuer.url,
    clientId: clients.oldPortal,
    flow: oauthRo({ username: grace.username, password: secrets.adaPassword, connection: connections.database }),
    now,
    onWarning: () => {},
  })
