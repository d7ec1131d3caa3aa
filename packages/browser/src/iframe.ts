import { invalidOptions, toBearerError, type Warning } from "@bearerkit/core"
import { renewInFrame } from "./frame-renewal.ts"
import type { BrowserRenewal } from "./renewal.ts"
import { maybeSameSite } from "./same-site.ts"

export { handOver as answerToParent } from "./answer.ts"

/** Options of `iframe`. */
export interface IframeOptions {
  /**
   * Where the issuer redirects the frame, exactly as registered there: a page of this origin that calls
   * `answerToParent` and does not start the application.
   *
   * @default the client's redirectUri
   */
  readonly redirectUri?: string | undefined
  /** The timeout of the frame in milliseconds, 15000 at most. @default 10000 */
  readonly timeout?: number | undefined
}

/**
 * Renews a login without a refresh token by the person's session at the issuer: with `prompt=none`, in a hidden frame.
 * The issuer must be of the same site, as browsers send a frame no cookies of another; else it warns of
 * `cross-site-issuer`. A request that the issuer refused is not repeated for half a minute. Invalid options throw a
 * `BearerError` here.
 *
 * @see OpenID Connect Core §3.1.2.1, §3.1.2.6
 */
export const iframe = ({ redirectUri, timeout = 10_000 }: IframeOptions = {}): BrowserRenewal => {
  if (!(timeout > 0 && timeout <= 15_000)) {
    throw toBearerError(invalidOptions("timeout", "must be a number of milliseconds above 0, 15000 at most"))
  }
  return (client) => {
    const page = { ...client, redirectUri: redirectUri ?? client.redirectUri, timeout }
    return {
      renew: renewInFrame(page),
      warnings: maybeSameSite(page.client.issuer, page.redirectUri) ? [] : [crossSiteIssuer],
    }
  }
}

const crossSiteIssuer: Warning = {
  name: "cross-site-issuer",
  message:
    "The issuer is of another site than this page, so browsers keep its cookies from a frame and it knows nobody there: use refresh tokens, or an issuer under the page's own domain.",
}
