import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { importSigningKey, type SigningKey } from "./signing-key.ts"

export interface AssertionClaims {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
  /** The header's `typ`. @default "JWT" */
  readonly type?: string
  /** @default 60 */
  readonly lifetimeSeconds?: number
}

/** Signs a JWT assertion with a new `jti` (RFC 7523 §3). */
export const signAssertion: (key: SigningKey, claims: AssertionClaims) => Effect.Effect<string, AcquireError> =
  Effect.fnUntraced(function* (input, claims) {
    const { key, algorithm, keyId } = yield* importSigningKey(input)
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const jwt = new SignJWT({})
      .setProtectedHeader({ alg: algorithm, typ: claims.type ?? "JWT", ...(keyId !== undefined && { kid: keyId }) })
      .setIssuer(claims.issuer)
      .setSubject(claims.subject)
      .setAudience(claims.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + (claims.lifetimeSeconds ?? 60))
      .setJti(crypto.randomUUID())
    return yield* Effect.tryPromise({
      try: () => jwt.sign(key),
      catch: () => invalidOptions("key", `cannot sign with ${algorithm}`),
    })
  })
