import { createHash } from "node:crypto"

/** Names a token where the token itself must not stand, as the issuer's log does. */
export const fingerprint = (token: string): string =>
  `sha256:${createHash("sha256").update(token).digest("hex").slice(0, 16)}`
