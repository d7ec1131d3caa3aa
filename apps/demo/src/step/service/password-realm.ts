import { clientSecretBasic, password } from "@bearerkit/node"
import { ada, audiences, clients, connections } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { visit } from "../visit.ts"

/** A confidential client posts a user's name and password together with the directory to look in. */
export const passwordRealm: Step = {
  name: "service/password-realm",
  take: (world, signal) =>
    visit(world, {
      client: {
        clientId: clients.importer,
        clientAuth: clientSecretBasic(world.secrets.importer),
        flow: password({
          username: ada.username,
          password: world.secrets.adaPassword,
          realm: connections.database,
        }),
      },
      target: { audience: audiences.orders, scope: "orders:read" },
      path: "/whoami",
      by: `the password-realm grant, as ${ada.username}`,
      expected: { audience: audiences.orders, subject: /^database\|/ },
      signal,
    }),
}
