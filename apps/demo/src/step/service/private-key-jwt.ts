import { clientCredentials, privateKeyJwt } from "@bearerkit/node"
import { audiences, clients } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { visit } from "../visit.ts"

/** The client signs who it is, and no secret leaves it. */
export const privateKeyJwtStep: Step = {
  name: "service/private-key-jwt",
  take: (world, signal) =>
    visit(world, {
      client: {
        clientId: clients.signer,
        clientAuth: privateKeyJwt(world.secrets.privateKey),
        flow: clientCredentials(),
      },
      target: { audience: audiences.orders, scope: "orders:read orders:write" },
      path: "/whoami",
      by: "client credentials with a signed assertion",
      expected: { audience: audiences.orders, subject: new RegExp(`^${clients.signer}$`) },
      signal,
    }),
}
