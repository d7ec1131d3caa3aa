/** A public key as a checked JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2); members that are not needed are left out. */
export interface PublicJwk {
  readonly kty: "RSA" | "EC" | "OKP"
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

/** Whether a signature belongs to the signing input: at once, or later where the platform only answers later. */
export type CheckSignature = (signingInput: string, signature: Uint8Array) => boolean | Promise<boolean>
