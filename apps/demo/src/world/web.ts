import { makeWeb, type Site, type WebOptions } from "@bearerkit/app-web"
import { memoryStorage, storedSessions } from "@bearerkit/hono"
import { randomBytes } from "node:crypto"
import { audiences, clients } from "./people.ts"
import type { Secrets } from "./secrets.ts"

/** The web app of the demo. */
export interface WebApp {
  readonly url: string
  /** The same for another process of it, or for one that keeps its sessions elsewhere. */
  readonly options: Omit<WebOptions, "sessions" | "now" | "onError">
}

export interface WebAppUse {
  readonly site: Site
  readonly issuer: { readonly url: string }
  readonly secrets: Secrets
  readonly now: () => number
  readonly api: { readonly url: string }
  /** The API that calls the first one. */
  readonly relay: { readonly url: string }
}

/** Lets the web app answer at its site, with its sessions in memory; it ends with what it is started in. */
export const startWebApp = (use: WebAppUse, started: AsyncDisposableStack): WebApp => {
  const { site, now } = use
  const options = optionsOf(use)
  const { app } = started.use(makeWeb({ ...options, sessions: storedSessions({ storage: memoryStorage() }), now }))
  site.serve(app.fetch)
  return { url: site.url, options }
}

const optionsOf = ({ site, issuer, api, relay, secrets }: WebAppUse): WebApp["options"] => ({
  issuer: issuer.url,
  clientId: clients.web,
  clientSecret: secrets.web,
  baseUrl: site.url,
  cookieKeys: [randomBytes(36).toString("base64url")],
  api: { url: `${api.url}/whoami`, target: { audience: audiences.orders, scope: "orders:read" } },
  second: { url: `${relay.url}/next/whoami`, target: { audience: audiences.reports, scope: "reports:read" } },
})
