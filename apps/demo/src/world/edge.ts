import type { Api } from "@bearerkit/app-api"
import { type Gateway, startGateway } from "@bearerkit/app-worker"
import type { Issuer } from "@bearerkit/issuer"
import { audiences, clients } from "./people.ts"
import type { Secrets } from "./secrets.ts"

export type { Gateway } from "@bearerkit/app-worker"

export interface EdgeUse {
  readonly issuer: Pick<Issuer, "url">
  readonly api: Pick<Api, "url">
  readonly secrets: Secrets
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Starts the gateway before the API, with what the demo knows. */
export const startEdge = ({ issuer, api, secrets, now }: EdgeUse): Promise<Gateway> =>
  startGateway(
    {
      ISSUER: issuer.url,
      CLIENT_ID: clients.gateway,
      CLIENT_SECRET: secrets.gateway,
      BASE_URL: audiences.gateway,
      AUDIENCE: audiences.gateway,
      COOKIE_KEY: crypto.randomUUID().repeat(2),
      STORE_KEY: crypto.randomUUID().repeat(2),
      ORDERS_URL: api.url,
      ORDERS_AUDIENCE: audiences.orders,
      LEGACY_CLIENT_ID: clients.oldPortal,
      LEGACY_CLIENT_SECRET: secrets.oldPortal,
      LEGACY_URL: `${api.url}/legacy`,
      LEGACY_AUDIENCE: clients.legacyApi,
    },
    now() - Date.now(),
  )
