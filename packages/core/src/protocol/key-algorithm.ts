import type { JWK } from "jose"

/** The algorithm of a JWK: its `alg`, or the one for its type and curve (RFC 7518 §3.1). */
export const algorithmOfJwk = ({ alg, kty, crv = "" }: JWK): string | undefined =>
  alg ?? (kty === "RSA" ? "RS256" : byCurve.get(crv))

/** The algorithm of a `CryptoKey`. */
export const algorithmOfCryptoKey = ({ algorithm }: CryptoKey): string | undefined => {
  const { name, namedCurve = "", hash } = algorithm as EcKeyAlgorithm & { readonly hash?: KeyAlgorithm }
  const bits = hash?.name.replace("SHA-", "") ?? ""
  if (name === "RSASSA-PKCS1-v1_5") return `RS${bits}`
  if (name === "RSA-PSS") return `PS${bits}`
  return byCurve.get(namedCurve) ?? byCurve.get(name)
}

/** The algorithm of a PKCS #8 PEM, from the object identifiers at its start; RS256 for an RSA key. */
export const algorithmOfPem = (pem: string): string | undefined => {
  const base64 = /-----BEGIN PRIVATE KEY-----\s*([A-Za-z0-9+/\s]+)/.exec(pem.slice(0, 16_384))?.[1] ?? ""
  const head = base64.replace(/\s/g, "").slice(0, 64)
  const bytes = atob(head.slice(0, head.length - (head.length % 4)))
  const hex = Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("")
  return byIdentifier.find(([identifier]) => hex.includes(identifier))?.[1]
}

const byCurve: ReadonlyMap<string, string> = /*#__PURE__*/ new Map([
  ["P-256", "ES256"],
  ["P-384", "ES384"],
  ["P-521", "ES512"],
  ["Ed25519", "EdDSA"],
])

/** In hex, as DER has them (RFC 5480 §2.1.1.1, RFC 8410 §3, RFC 8017 §A.1). */
const byIdentifier = [
  ["06082a8648ce3d030107", "ES256"],
  ["06052b81040022", "ES384"],
  ["06052b81040023", "ES512"],
  ["06032b6570", "EdDSA"],
  ["06092a864886f70d010101", "RS256"],
] as const
