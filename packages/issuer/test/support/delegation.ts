import { Buffer } from "node:buffer"

import { type Issuer, type IssuerConfig } from "../../src/index.ts"
import { type Answer, config, type Form, login, post, SECRET } from "./issuer.ts"

export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
export const PORTAL_SECRET = "portal-secret-0123456789-0123456789-012"
export const DECODED = Buffer.from("archive-secret-0123456789-0123456789").toString("base64url")

/** Clients of the old kind, with every kind of list. */
export const world: IssuerConfig = {
  ...config,
  clients: [
    { id: "app", secret: SECRET, grants: ["oauth-ro", "delegation"] },
    { id: "portal", secret: PORTAL_SECRET, grants: ["oauth-ro"], legacy: { idTokenLifetime: 600 } },
    { id: "archive", secret: DECODED, grants: ["oauth-ro"], legacy: { secretEncoding: "base64url" } },
    { id: "listed", secret: PORTAL_SECRET, grants: ["oauth-ro"], allowedCallers: ["app"] },
    { id: "others", secret: PORTAL_SECRET, grants: ["oauth-ro"], allowedCallers: ["portal"] },
    { id: "nobody", secret: PORTAL_SECRET, grants: ["oauth-ro", "delegation"], allowedCallers: [] },
    { id: "modern", secret: SECRET, grants: ["client_credentials"] },
  ],
}

export const form = { client_id: "app", grant_type: JWT_BEARER, api_type: "app" }

/** Alice's ID token for a client of the old kind. */
export const idTokenOf = async (issuer: Issuer, asked: Form = {}): Promise<string> => {
  const { body } = await post(issuer, "/oauth/ro", { ...login, client_id: "app", scope: "openid", ...asked })
  return String(body["id_token"])
}

export const delegateAt = (issuer: Issuer, asked: Form): Promise<Answer> =>
  post(issuer, "/delegation", { ...form, ...asked })
