import { jwtBearer, providedBy, selfSigned } from "../../src/acquire/jwt-bearer.ts"
import { privateKeyJwt } from "../../src/protocol/client-auth.ts"
import { flowLaws } from "../laws/flow.ts"
import { droneJwk, orders, robotPem, vouching } from "../support/world.ts"

flowLaws("JWT bearer", () => ({
  flow: jwtBearer(selfSigned({ key: robotPem, subject: "machine-7", issuer: vouching })),
  client: (issuer) => ({ issuer, clientId: "robot", clientAuth: privateKeyJwt(robotPem) }),
  target: { audience: orders, scope: "read" },
  expected: { audience: orders, subject: /^machine-7$/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  wrong: {
    flow: jwtBearer(selfSigned({ key: droneJwk, subject: "machine-7", issuer: vouching })),
    code: "invalid_grant",
  },
}))

flowLaws("JWT bearer, vouched for by the client itself", () => ({
  flow: jwtBearer(selfSigned({ key: droneJwk, subject: "drone" })),
  client: (issuer) => ({ issuer, clientId: "drone", clientAuth: privateKeyJwt(droneJwk) }),
  target: { audience: orders, scope: "read" },
  expected: { audience: orders, subject: /^drone$/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  wrong: { flow: jwtBearer(providedBy("drone", () => "not.a.jwt")), code: "invalid_grant" },
}))
