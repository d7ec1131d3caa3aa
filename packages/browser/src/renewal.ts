import type { Client, ExtraParams, Renewal, Warning } from "@bearerkit/core"
import type { BrowserFlow } from "./flow.ts"

/** How a login without refresh token gets new tokens. */
export type BrowserRenewal = (page: RenewingPage) => {
  readonly renew: Renewal
  readonly warnings: ReadonlyArray<Warning>
}

/** What a renewal needs of the client that it is for. */
export interface RenewingPage {
  readonly client: Client
  readonly flow: BrowserFlow
  readonly redirectUri: string
  /** What every login asks for. */
  readonly loginDefaults?: { readonly extra?: ExtraParams | undefined } | undefined
}
