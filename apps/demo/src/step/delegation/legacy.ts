import { createClient, legacyWire, oauthRo } from "@bearerkit/node"
import { ada, clients, connections } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { payloadOf } from "../api/payload.ts"
import { whoami } from "./whoami.ts"

/** The old trade: an ID token signed for the portal becomes one signed with the secret of the API. */
export const legacy: Step = {
  name: "delegation/legacy",
  take: async (world, signal) => {
    await using portal = oldPortalOf(world)
    const idToken = await portal.token({ scope: "openid" }, { signal })
    const delegated = await portal.delegate(
      idToken,
      { audience: clients.legacyApi },
      { subjectType: "id_token", signal },
    )
    const claims = await whoami(world, delegated, "/legacy/whoami")
    const { sub } = payloadOf(idToken)
    expect(claims["sub"] === sub, `the API read the subject ${String(claims["sub"])}, not ${String(sub)}`)
    expect(claims["azp"] === clients.oldPortal, `the API read the authorized party ${String(claims["azp"])}`)
    return {
      line: `${clients.oldPortal} traded ${ada.username}'s ID token at POST /delegation for one signed with the secret of ${clients.legacyApi}; the API read the same subject`,
      detail: {
        jti: claims["jti"],
        client: clients.oldPortal,
        subject: sub,
        audience: claims["aud"],
        azp: claims["azp"],
      },
    }
  },
}

const oldPortalOf = ({ issuer, secrets, now }: World) =>
  createClient({
    issuer: issuer.url,
    clientId: clients.oldPortal,
    flow: oauthRo({ username: ada.username, password: secrets.adaPassword, connection: connections.database }),
    delegation: { wire: legacyWire },
    now,
    onWarning: () => {},
  })
