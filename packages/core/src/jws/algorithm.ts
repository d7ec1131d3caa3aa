/** The supported signature algorithms (RFC 7518 §3, RFC 8037, RFC 9864). */
export type Algorithm = keyof typeof algorithms

/** What an algorithm requires of its key and signature. */
export interface AlgorithmTraits {
  readonly family: "HMAC" | "RSA" | "RSA-PSS" | "ECDSA" | "EdDSA"
  readonly hash: "SHA-256" | "SHA-384" | "SHA-512"
  readonly kty: "oct" | "RSA" | "EC" | "OKP"
  readonly crv?: "P-256" | "P-384" | "P-521" | "Ed25519"
  /** The exact length, where the algorithm fixes it. */
  readonly signatureBytes?: number
}

export const traitsOf = (algorithm: Algorithm): AlgorithmTraits => algorithms[algorithm]

export const isAlgorithm = (name: string): name is Algorithm => Object.hasOwn(algorithms, name)

/** `Ed25519` (RFC 9864) and `EdDSA` (RFC 8037) with an Ed25519 key are the same. */
export const canonical = (algorithm: string): string => (algorithm === "Ed25519" ? "EdDSA" : algorithm)

export const isSymmetric = (algorithm: Algorithm): boolean => algorithms[algorithm].kty === "oct"

const algorithms = {
  HS256: { family: "HMAC", hash: "SHA-256", kty: "oct", signatureBytes: 32 },
  HS384: { family: "HMAC", hash: "SHA-384", kty: "oct", signatureBytes: 48 },
  HS512: { family: "HMAC", hash: "SHA-512", kty: "oct", signatureBytes: 64 },
  RS256: { family: "RSA", hash: "SHA-256", kty: "RSA" },
  RS384: { family: "RSA", hash: "SHA-384", kty: "RSA" },
  RS512: { family: "RSA", hash: "SHA-512", kty: "RSA" },
  PS256: { family: "RSA-PSS", hash: "SHA-256", kty: "RSA" },
  PS384: { family: "RSA-PSS", hash: "SHA-384", kty: "RSA" },
  PS512: { family: "RSA-PSS", hash: "SHA-512", kty: "RSA" },
  ES256: { family: "ECDSA", hash: "SHA-256", kty: "EC", crv: "P-256", signatureBytes: 64 },
  ES384: { family: "ECDSA", hash: "SHA-384", kty: "EC", crv: "P-384", signatureBytes: 96 },
  ES512: { family: "ECDSA", hash: "SHA-512", kty: "EC", crv: "P-521", signatureBytes: 132 },
  EdDSA: { family: "EdDSA", hash: "SHA-512", kty: "OKP", crv: "Ed25519", signatureBytes: 64 },
  Ed25519: { family: "EdDSA", hash: "SHA-512", kty: "OKP", crv: "Ed25519", signatureBytes: 64 },
} as const satisfies Record<string, AlgorithmTraits>

/** The default algorithms for an issuer's key set. */
export const asymmetricAlgorithms: ReadonlyArray<Algorithm> = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
]
