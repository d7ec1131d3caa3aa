import { jwtBearer, privateKeyJwt, selfSigned } from "@bearerkit/node"
import { audiences, clients, machine, vouching } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { visit } from "../visit.ts"

/** A trusted party vouches for a machine, and the machine's token comes back. */
export const jwtBearerStep: Step = {
  name: "service/jwt-bearer",
  take: (world, signal) => {
    const key = world.secrets.privateKey
    return visit(world, {
      client: {
        clientId: clients.signer,
        clientAuth: privateKeyJwt(key),
        flow: jwtBearer(selfSigned({ key, subject: machine, issuer: vouching })),
      },
      target: { audience: audiences.orders, scope: "orders:read" },
      path: "/whoami",
      by: `a JWT bearer assertion about ${machine}`,
      expected: { audience: audiences.orders, subject: new RegExp(`^${machine}$`) },
      signal,
    })
  },
}
