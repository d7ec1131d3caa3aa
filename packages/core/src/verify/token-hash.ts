import * as Effect from "effect/Effect"
import { encodeBase64Url } from "../jws/base64url.ts"

/**
 * Computes `at_hash` or `c_hash` of a token or code: the left half of its hash, by the ID token's algorithm.
 *
 * @see OpenID Connect Core §3.1.3.6, §3.3.2.11
 */
export const tokenHash = (token: string, algorithm: string): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest(hashOf(algorithm), new TextEncoder().encode(token))),
    (digest) => encodeBase64Url(new Uint8Array(digest, 0, digest.byteLength / 2)),
  )

/** Its name says it; Ed25519 has SHA-512 in it. */
const hashOf = (algorithm: string): string => `SHA-${/(?:256|384)$/.exec(algorithm)?.[0] ?? 512}`
