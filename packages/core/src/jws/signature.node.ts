/// <reference types="node" />
import { isUtf8 } from "node:buffer"
import {
  constants,
  createPublicKey,
  createVerify,
  hash,
  type KeyObject,
  timingSafeEqual,
  verify,
  type VerifyKeyObjectInput,
} from "node:crypto"
import { type Algorithm, type AlgorithmTraits, traitsOf } from "./algorithm.ts"
import { makeContention } from "./contention.node.ts"
import { derOf } from "./ecdsa-der.ts"
import { makeHmac } from "./hmac.node.ts"
import type { CheckSignature, PublicJwk } from "./signature-key.ts"

/** The bytes of canonical base64url; undefined for anything else. */
export const decodeBase64Url = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64url")
  return bytes.toString("base64url") === text ? bytes : undefined
}

/** Bytes as text, nothing replaced or left out; undefined when they are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined =>
  // JSON.parse reads this string faster than the one that a TextDecoder makes.
  isUtf8(bytes) ? asBuffer(bytes).toString() : undefined

/** SHA-256 of a text; at once, where WebCrypto would wait for a thread. */
export const sha256 = (text: string, encoding: "base64url" | "hex" = "hex"): string => hash("sha256", text, encoding)

/** What a text is recognised by without being kept: its SHA-256 as 32 characters, a shorter key than in hex. */
export const fingerprint = (text: string): string => hash("sha256", text, "binary")

/** An HMAC secret made ready to check signatures. */
export const importSecret = (secret: Uint8Array, algorithm: Algorithm): CheckSignature => {
  const hmac = makeHmac(secret, digests[traitsOf(algorithm).hash])
  return (signingInput, signature) => {
    const expected = hmac(signingInput)
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
}

/** A public key made ready to check signatures. Throws when it is no point of its curve or otherwise no key. */
export const importPublicKey = (jwk: PublicJwk, algorithm: Algorithm): CheckSignature => {
  const traits = traitsOf(algorithm)
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" })
  const digest = digests[traits.hash]
  switch (traits.family) {
    case "ECDSA":
    case "EdDSA":
      return curve(key, traits)
    case "RSA-PSS":
      return rsa(digest, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      })
    default:
      return rsa(digest, key)
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const digests = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const

const rsa =
  (digest: string, key: KeyObject | VerifyKeyObjectInput): CheckSignature =>
  (signingInput, signature) =>
    createVerify(digest).update(signingInput).verify(key, signature)

/**
 * These take longer than the way to the thread pool and back, which pays as soon as several callers wait. Node reads a
 * bare KeyObject 10 µs faster than one within options, hence DER for ECDSA instead of `dsaEncoding`.
 */
const curve = (key: KeyObject, { family, hash, signatureBytes }: AlgorithmTraits): CheckSignature => {
  const contention = makeContention()
  const digest = family === "ECDSA" ? digests[hash] : null
  return (signingInput, signature) => {
    if (signature.length !== signatureBytes) return false
    const input = Buffer.from(signingInput)
    const encoded = family === "ECDSA" ? derOf(signature) : signature
    if (!contention.several()) return verify(digest, input, key, encoded)
    return contention.track(
      new Promise((resolve) => verify(digest, input, key, encoded, (error, valid) => resolve(error === null && valid))),
    )
  }
}
