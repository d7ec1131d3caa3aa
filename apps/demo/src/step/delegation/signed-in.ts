import { type Client, clientSecretBasic, createClient, password } from "@bearerkit/node"
import { ada, audiences, clients, connections } from "../../world/people.ts"
import type { World } from "../../world/world.ts"

/** The portal, where Ada has signed in: its own token is hers, for the portal. */
export const portalOf = ({ issuer, secrets, now }: World): Client =>
  createClient({
    issuer: issuer.url,
    clientId: clients.portal,
    clientAuth: clientSecretBasic(secrets.portal),
    flow: password({ username: ada.username, password: secrets.adaPassword, realm: connections.database }),
    target: { audience: audiences.portal, scope: "portal:use" },
    now,
    onWarning: () => {},
  })
