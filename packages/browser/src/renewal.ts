import type { Client, ExtraParams, Renewal, Warning } from "@bearerkit/core"
import type { BrowserFlow } from "./flow.ts"

/** How a login without a refresh token gets new tokens. */
export type BrowserRenewal = (page: RenewingPage) => {
  readonly renew: Renewal
  readonly warnings: ReadonlyArray<Warning>
}

/** The client whose login is renewed. */
export interface RenewingPage {
  readonly client: Client
  readonly flow: BrowserFlow
  readonly redirectUri: string
  /** Options of every login. */
  readonly loginDefaults?: { readonly extra?: ExtraParams | undefined } | undefined
}
