import type { MiddlewareHandler } from "hono"
import { secureHeaders } from "hono/secure-headers"

/** Pages load nothing but their own style and icon, run no script, and stand in nobody's frame. */
export const strictHeaders = (issuer: string): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      // signing out leads on to the issuer
      formAction: ["'self'", new URL(issuer).origin],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // with no-referrer browsers say `Origin: null` of the application's own forms
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
  })
