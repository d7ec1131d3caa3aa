import { clientCredentials, clientSecretBasic } from "@bearerkit/node"
import { audiences, clients } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { visit } from "../visit.ts"

/** Today's service account: the client itself is the subject. */
export const clientCredentialsStep: Step = {
  name: "service/client-credentials",
  take: (world, signal) =>
    visit(world, {
      client: {
        clientId: clients.reporter,
        clientAuth: clientSecretBasic(world.secrets.reporter),
        flow: clientCredentials(),
      },
      target: { audience: audiences.orders, scope: "orders:read" },
      path: "/whoami",
      by: "client credentials with a secret",
      expected: { audience: audiences.orders, subject: new RegExp(`^${clients.reporter}$`) },
      signal,
    }),
}
