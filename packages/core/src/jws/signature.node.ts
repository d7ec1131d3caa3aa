/// <reference types="node" />
import { isUtf8 } from "node:buffer"
import {
  constants,
  createPublicKey,
  hash,
  type KeyObject,
  timingSafeEqual,
  verify,
  type VerifyKeyObjectInput,
} from "node:crypto"
import { type Algorithm, type AlgorithmTraits, traitsOf } from "./algorithm.ts"
import { makeBurst, makeContention } from "./contention.node.ts"
import { derOf } from "./ecdsa-der.node.ts"
import { makeHmac } from "./hmac.node.ts"
import { makeRsaPkcs1 } from "./rsa-pkcs1.node.ts"
import type { CheckSignature, PublicJwk } from "./signature-key.ts"

/** Decodes canonical base64url; `undefined` for anything else. */
export const decodeBase64Url = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64url")
  return bytes.toString("base64url") === text ? bytes : undefined
}

/** Decodes UTF-8 strictly; `undefined` if the bytes are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined =>
  // JSON.parse reads this string faster than the one that a TextDecoder makes.
  isUtf8(bytes) ? asBuffer(bytes).toString() : undefined

/** SHA-256 of a text; synchronous, while WebCrypto would wait for a thread. */
export const sha256 = (text: string, encoding: "base64url" | "hex" = "hex"): string => hash("sha256", text, encoding)

/** Recognises a text without keeping it: its SHA-256 as 32 characters, a shorter key than in hex. */
export const fingerprint = (text: string): string => hash("sha256", text, "binary")

/** Imports an HMAC secret to verify signatures. */
export const importSecret = (secret: Uint8Array, algorithm: Algorithm): CheckSignature => {
  const hmac = makeHmac(secret, digests[traitsOf(algorithm).hash])
  return (signingInput, signature) => {
    const expected = hmac(signingInput)
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
}

/** Imports a public key to verify signatures. Throws if it is not a valid key, such as a point not on its curve. */
export const importPublicKey = (jwk: PublicJwk, algorithm: Algorithm): CheckSignature => {
  const traits = traitsOf(algorithm)
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" })
  const digest = digests[traits.hash]
  switch (traits.family) {
    case "ECDSA":
    case "EdDSA":
      return curve(key, traits)
    case "RSA-PSS": {
      const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      return rsa(atOnce(digest, pss), inPool(digest, pss))
    }
    default:
      return rsa(makeRsaPkcs1(key, digest), inPool(digest, key))
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const digests = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const

/** RSA verification takes no longer than the trip to the thread pool and back, which pays only with many at once. */
const rsa = (check: CheckSignature, checkInPool: CheckSignature): CheckSignature => {
  const sizeOfBurst = makeBurst()
  return (signingInput, signature) => (sizeOfBurst() > many ? checkInPool : check)(signingInput, signature)
}

const many = 16

/** These take longer than that trip, which pays as soon as several callers wait. */
const curve = (key: KeyObject, { family, hash, signatureBytes }: AlgorithmTraits): CheckSignature => {
  const contention = makeContention()
  const digest = family === "ECDSA" ? digests[hash] : null
  const [check, checkInPool] = [atOnce(digest, key), inPool(digest, key)]
  return (signingInput, signature) => {
    if (signature.length !== signatureBytes) return false
    const encoded = family === "ECDSA" ? derOf(signature) : signature
    return contention.several() ? contention.track(checkInPool(signingInput, encoded)) : check(signingInput, encoded)
  }
}

/** Node reads a bare key 12 µs faster than one within options: hence DER for ECDSA, as `dsaEncoding` is an option. */
const atOnce =
  (digest: string | null, key: KeyObject | VerifyKeyObjectInput) =>
  (signingInput: string, signature: Uint8Array): boolean =>
    verify(digest, Buffer.from(signingInput), key, signature)

const inPool =
  (digest: string | null, key: KeyObject | VerifyKeyObjectInput) =>
  (signingInput: string, signature: Uint8Array): Promise<boolean> =>
    new Promise((resolve) =>
      verify(digest, Buffer.from(signingInput), key, signature, (error, valid) => resolve(error === null && valid)),
    )
