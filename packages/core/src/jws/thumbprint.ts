import { sha256 } from "#signature"
import type { PublicJwk } from "./signature-key.ts"

/** The thumbprint of a public key (RFC 7638 §3, RFC 8037 §2). */
export const thumbprintOf = async ({ kty, crv, n, e, x, y }: PublicJwk): Promise<string> =>
  // the members in this order, those that the key does not have left out
  sha256(JSON.stringify({ crv, e, kty, n, x, y }), "base64url")
