import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { encodeBase64Url } from "../jws/base64url.ts"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { randomText } from "./random.ts"

/** The proof that a code is exchanged by the client that requested it. */
export interface Pkce {
  readonly verifier: Redacted.Redacted<string>
  readonly challenge: string
}

/** A new verifier and its challenge, always by S256 (RFC 7636 §4.1, §4.2). */
export const makePkce: Effect.Effect<Pkce, AcquireError> = /*#__PURE__*/ Effect.flatMap(randomText, (verifier) =>
  Effect.map(challengeOf(verifier), (challenge) => ({ verifier: Redacted.make(verifier), challenge })),
)

/** BASE64URL(SHA256(verifier)) */
export const challengeOf = (verifier: string): Effect.Effect<string, AcquireError> =>
  Effect.map(
    Effect.tryPromise({
      try: () => crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)),
      catch: () => insecureOrigin,
    }),
    (digest) => encodeBase64Url(new Uint8Array(digest)),
  )

// Browsers hide crypto.subtle from pages outside a secure context.
const insecureOrigin = /*#__PURE__*/ invalidOptions(
  "origin",
  "offers no WebCrypto: the page is not in a secure context",
  "Serve the page over https, or from localhost.",
)
