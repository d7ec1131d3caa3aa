/// <reference types="node" />
import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
  type VerifyKeyObjectInput,
} from "node:crypto"
import { type Algorithm, type AlgorithmTraits, traitsOf } from "./algorithm.ts"
import { makeContention } from "./contention.node.ts"
import { derOf } from "./ecdsa-der.ts"
import type { CheckSignature, PublicJwk } from "./signature-key.ts"

/** The bytes of canonical base64url: its alphabet only, no padding, unused bits zero (RFC 7515 §2, RFC 4648 §3.5). */
export const decodeBase64Url = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64url")
  return bytes.toString("base64url") === text ? bytes : undefined
}

/** An HMAC secret made ready to check signatures. */
export const importSecret = (secret: Uint8Array, algorithm: Algorithm): CheckSignature => {
  const { hash, signatureBytes } = traitsOf(algorithm)
  const digest = digests[hash]
  const key = createSecretKey(secret)
  return (signingInput, signature) =>
    signature.length === signatureBytes &&
    timingSafeEqual(createHmac(digest, key).update(signingInput).digest(), signature)
}

/** A public key made ready to check signatures. Throws when it is no point of its curve or otherwise no key. */
export const importPublicKey = (jwk: PublicJwk, algorithm: Algorithm): CheckSignature => {
  const traits = traitsOf(algorithm)
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" })
  const digest = digests[traits.hash]
  switch (traits.family) {
    case "ECDSA":
      return exactLength(traits, elliptic(digest, key), derOf)
    case "EdDSA":
      return exactLength(traits, elliptic(null, key))
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

const digests = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const

// Node reads a bare KeyObject 10 µs faster than one within options, hence DER for ECDSA instead of `dsaEncoding`.
const rsa =
  (digest: string, key: KeyObject | VerifyKeyObjectInput): CheckSignature =>
  (signingInput, signature) =>
    verify(digest, Buffer.from(signingInput), key, signature)

/** These take longer than the way to the thread pool and back, which pays as soon as several callers wait. */
const elliptic = (digest: string | null, key: KeyObject): CheckSignature => {
  const contention = makeContention()
  return (signingInput, signature) => {
    const input = Buffer.from(signingInput)
    if (!contention.several()) return verify(digest, input, key, signature)
    return contention.track(
      new Promise((resolve) =>
        verify(digest, input, key, signature, (error, valid) => resolve(error === null && valid)),
      ),
    )
  }
}

const exactLength =
  (
    { signatureBytes }: AlgorithmTraits,
    check: CheckSignature,
    encode?: (signature: Uint8Array) => Uint8Array,
  ): CheckSignature =>
  (signingInput, signature) =>
    signature.length === signatureBytes && check(signingInput, encode === undefined ? signature : encode(signature))
