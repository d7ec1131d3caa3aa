import { oauthRo } from "@bearerkit/node"
import { clients, connections, lin } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { visit } from "../visit.ts"

/** The same with a user of the LDAP directory, over StartTLS. */
export const oauthRoLdap: Step = {
  name: "service/oauth-ro-ldap",
  take: async (world, signal) => {
    if (world.noLdap !== undefined) return { skipped: world.noLdap }
    return visit(world, {
      client: {
        clientId: clients.legacyApi,
        flow: oauthRo({ username: lin.uid, password: world.secrets.linPassword, connection: connections.ldap }),
      },
      target: { scope: "openid" },
      path: "/legacy/whoami",
      by: `POST /oauth/ro, as ${lin.uid} of the LDAP directory`,
      expected: { audience: clients.legacyApi, subject: /^ldap\|/ },
      signal,
    })
  },
}
