import { none } from "../../src/protocol/client-auth.ts"
import { oauthRo } from "../../src/legacy/oauth-ro.ts"
import { flowLaws } from "../laws/flow.ts"
import { alice } from "../support/world.ts"

flowLaws("oauth/ro", () => ({
  flow: oauthRo({ ...alice, connection: "users" }),
  client: (issuer) => ({ issuer, clientId: "old", clientAuth: none() }),
  target: {},
  expected: { audience: "old", subject: /^database\|/, lifetime: 36_000 },
  endpoint: "/oauth/ro",
  wrong: { flow: oauthRo({ ...alice, password: "wrong", connection: "users" }), code: "invalid_credentials" },
}))
