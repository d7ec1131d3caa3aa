import { password } from "../../src/acquire/password.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { alice, orders, secretOf } from "../support/world.ts"

const client = (issuer: string): Client => ({
  issuer,
  clientId: "basic",
  clientAuth: clientSecretBasic(secretOf("basic")),
})

flowLaws("password", () => ({
  flow: password(alice),
  client,
  target: { audience: orders, scope: "read write" },
  expected: { audience: orders, subject: /^database\|/, scope: "read write", lifetime: 600 },
  endpoint: "/token",
  wrong: { flow: password({ ...alice, password: "wrong" }), code: "invalid_credentials" },
}))

flowLaws("password-realm", () => ({
  flow: password({ ...alice, realm: "users" }),
  client,
  target: { audience: orders, scope: "read" },
  expected: { audience: orders, subject: /^database\|/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  wrong: { flow: password({ username: "*)(uid=*", password: "x", realm: "users" }), code: "invalid_credentials" },
}))
