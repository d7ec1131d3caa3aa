import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"
import { type Algorithm, traitsOf } from "./algorithm.ts"

/**
 * A secret as bytes, text as UTF-8. It must be long enough for each algorithm and must not be a public key: anybody
 * could sign with that.
 *
 * @see RFC 7518 §3.2
 */
export const parseSecret = (
  value: string | Uint8Array,
  algorithms: ReadonlyArray<Algorithm>,
): Result.Result<Uint8Array, Invalid> => {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) return invalid("must be text or bytes")
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : new Uint8Array(value)
  if (looksLikeKey(bytes)) return invalid("is a PEM, DER or JWK key: pass a public key with jwks() or issuerKeys()")
  for (const algorithm of algorithms) {
    const least = hashBytes(algorithm)
    if (bytes.length < least) return invalid(tooShort(bytes.length, algorithm, least))
  }
  return Result.succeed(bytes)
}

const invalid = (problem: string): Result.Result<never, Invalid> => Result.fail({ field: "secret", problem })

const hashBytes = (algorithm: Algorithm): number => Number(traitsOf(algorithm).hash.slice(-3)) / 8

const tooShort = (length: number, algorithm: Algorithm, least: number): string =>
  `has ${length} bytes and ${algorithm} needs at least ${least} (RFC 7518 §3.2): ` +
  `generate one with \`openssl rand -base64 ${Math.ceil(least * 1.5)}\` and set it at the issuer too`

const looksLikeKey = (bytes: Uint8Array): boolean => {
  const start = String.fromCharCode(...bytes.subarray(0, 40)).trimStart()
  return start.startsWith("-----BEGIN ") || (start.startsWith("{") && isJwk(bytes)) || isDerPublicKey(bytes)
}

const isJwk = (bytes: Uint8Array): boolean => /"(?:kty|keys)"\s*:/.test(new TextDecoder().decode(bytes))

/** A SubjectPublicKeyInfo or an RSAPublicKey: a DER sequence of exactly this length (RFC 5280 §4.1, RFC 8017 §A.1.1). */
const isDerPublicKey = (bytes: Uint8Array): boolean => {
  if (bytes.length < 40 || bytes[0] !== 0x30) return false
  const [, length = 0, high = 0, low = 0] = bytes
  if (length < 0x80) return bytes.length === length + 2
  return length === 0x81 ? bytes.length === high + 3 : length === 0x82 && bytes.length === high * 256 + low + 4
}
