import { type Client, clientCredentials, createClient, privateKeyJwt } from "@bearerkit/node"
import { clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"

/** A program with a good token of its own, for the steps that then do something bad with it. */
export const signer = ({ issuer, secrets, now }: World): Client =>
  createClient({
    issuer: issuer.url,
    clientId: clients.signer,
    clientAuth: privateKeyJwt(secrets.privateKey),
    flow: clientCredentials(),
    now,
  })
