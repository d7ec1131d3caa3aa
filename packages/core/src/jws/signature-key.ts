/** A validated public JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2), without the members that are not needed. */
export interface PublicJwk {
  readonly kty: "RSA" | "EC" | "OKP"
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

/** Verifies a signature: synchronously, or with a promise where the platform has only that. */
export type CheckSignature = (signingInput: string, signature: Uint8Array) => boolean | Promise<boolean>
