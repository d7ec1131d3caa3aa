import { encodeBase64Url } from "./base64url.ts"
import { type Algorithm, type AlgorithmTraits, traitsOf } from "./algorithm.ts"
import type { CheckSignature, PublicJwk } from "./signature-key.ts"

/** Decodes canonical base64url; `undefined` for anything else. */
export const decodeBase64Url = (text: string): Uint8Array | undefined => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  const spare = unusedBits[text.length % 4] ?? 0
  if (spare !== 0 && (alphabet.indexOf(text.charAt(text.length - 1)) & spare) !== 0) return undefined
  const { fromBase64 } = Uint8Array as FromBase64
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text, { alphabet: "base64url" })
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** Faster, but not available everywhere yet. */
interface FromBase64 {
  readonly fromBase64?: (text: string, options: { readonly alphabet: "base64url" }) => Uint8Array
}

/** Decodes UTF-8 strictly; `undefined` if the bytes are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** SHA-256 of a text. */
export const sha256 = async (text: string, encoding: "base64url" | "hex" = "hex"): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))
  if (encoding === "base64url") return encodeBase64Url(digest)
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** The text itself, since this platform has no synchronous hash. */
export const fingerprint = (text: string): string => text

/** Imports an HMAC secret to verify signatures. */
export const importSecret = async (secret: Uint8Array, algorithm: Algorithm): Promise<CheckSignature> => {
  const { hash, signatureBytes } = traitsOf(algorithm)
  const key = await crypto.subtle.importKey("raw", new Uint8Array(secret), { name: "HMAC", hash }, false, ["verify"])
  return check(key, { name: "HMAC" }, signatureBytes)
}

/** Imports a public key to verify signatures. Rejects if it is not a valid key, such as a point not on its curve. */
export const importPublicKey = async (jwk: PublicJwk, algorithm: Algorithm): Promise<CheckSignature> => {
  const traits = traitsOf(algorithm)
  const parameters = parametersOf(traits)
  const key = await crypto.subtle.importKey("jwk", { ...jwk }, parameters, false, ["verify"])
  return check(key, parameters, traits.signatureBytes)
}

const utf8 = /*#__PURE__*/ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** The bits of the last character that carry nothing, by the length of the last group (RFC 4648 §3.5). */
const unusedBits = [0, 0, 0b1111, 0b11]

/** The parameters of both the import and the verification. */
const parametersOf = ({ family, hash, crv }: AlgorithmTraits) => {
  switch (family) {
    case "ECDSA":
      return { name: "ECDSA", namedCurve: crv ?? "", hash }
    case "EdDSA":
      return { name: "Ed25519" }
    case "RSA-PSS":
      return { name: "RSA-PSS", hash, saltLength: Number(hash.slice(-3)) / 8 }
    default:
      return { name: "RSASSA-PKCS1-v1_5", hash }
  }
}

const check =
  (key: CryptoKey, parameters: { readonly name: string }, signatureBytes: number | undefined): CheckSignature =>
  (signingInput, signature) => {
    if (signatureBytes !== undefined && signature.length !== signatureBytes) return false
    return crypto.subtle.verify(parameters, key, signature as BufferSource, encoder.encode(signingInput))
  }

const encoder = /*#__PURE__*/ new TextEncoder()
