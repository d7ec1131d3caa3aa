import type { Verifier } from "@bearerkit/core"
import { Hono } from "hono"
import { bearer } from "./bearer.ts"

export interface ApiVerifiers {
  /** For access tokens signed with the issuer's keys. */
  readonly issuerKeys: Verifier
  /** For tokens signed with the secret that this API shares with a client. */
  readonly ownSecret: Verifier
}

/** Two APIs in one: what protects them differs, what they answer does not. */
export const makeApi = ({ issuerKeys, ownSecret }: ApiVerifiers) =>
  new Hono()
    .get("/", (c) => c.json({ routes: ["/whoami", "/legacy/whoami"] }))
    .get("/whoami", bearer(issuerKeys), (c) => c.json(c.var.principal.claims))
    .get("/legacy/whoami", bearer(ownSecret), (c) => c.json(c.var.principal.claims))
