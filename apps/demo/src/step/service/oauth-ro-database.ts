import { oauthRo } from "@bearerkit/node"
import { ada, clients, connections } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { visit } from "../visit.ts"

/** A batch job signs in as a user of the issuer's database; its ID token opens the API that shares the client's secret. */
export const oauthRoDatabase: Step = {
  name: "service/oauth-ro-database",
  take: (world, signal) =>
    visit(world, {
      client: {
        clientId: clients.legacyApi,
        flow: oauthRo({
          username: ada.username,
          password: world.secrets.adaPassword,
          connection: connections.database,
        }),
      },
      target: { scope: "openid email" },
      path: "/legacy/whoami",
      by: `POST /oauth/ro, as ${ada.username} of the database`,
      expected: { audience: clients.legacyApi, subject: /^database\|/ },
      signal,
    }),
}
