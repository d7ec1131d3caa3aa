import * as Result from "effect/Result"
import { decodeBase64Url } from "#signature"
import { type Invalid, invalid } from "../model/invalid.ts"
import { isJsonObject, type JsonObject, own } from "../model/json.ts"
import { type Algorithm, canonical, traitsOf } from "./algorithm.ts"
import type { PublicJwk } from "./signature-key.ts"

/** A key of a key set, with its declared use. */
export interface PublishedKey {
  readonly jwk: PublicJwk
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly use: string | undefined
  readonly keyOps: ReadonlyArray<unknown> | undefined
}

/**
 * Parses a member of a key set as a public key. Secret keys (`oct`), unknown types, RSA below 2048 bits and unusable
 * exponents are refused; private members are dropped.
 *
 * @see RFC 7517 §4, RFC 7518 §6, RFC 8037 §2
 */
export const parsePublishedKey = (json: unknown): Result.Result<PublishedKey, Invalid> => {
  if (!isJsonObject(json)) return invalid("key", "is not a JSON object")
  for (const name of ["kty", "kid", "alg", "use", "crv", "n", "e", "x", "y"]) {
    if (Object.hasOwn(json, name) && typeof json[name] !== "string") return invalid(name, "is not a string")
  }
  const keyOps = own(json, "key_ops")
  if (keyOps !== undefined && !Array.isArray(keyOps)) return invalid("key_ops", "is not a list")
  return Result.map(publicPart(json), (jwk) => ({
    jwk,
    kid: text(json, "kid"),
    alg: text(json, "alg"),
    use: text(json, "use"),
    keyOps,
  }))
}

/** Whether the key may verify signatures of this algorithm. */
export const fits = ({ jwk, alg, use, keyOps }: PublishedKey, algorithm: Algorithm): boolean => {
  const { kty, crv } = traitsOf(algorithm)
  return (
    jwk.kty === kty &&
    (crv === undefined || jwk.crv === crv) &&
    (alg === undefined || canonical(alg) === canonical(algorithm)) &&
    (use === undefined || use === "sig") &&
    (keyOps === undefined || keyOps.includes("verify"))
  )
}

const publicPart = (json: JsonObject): Result.Result<PublicJwk, Invalid> => {
  const kty = text(json, "kty")
  if (kty === "RSA") return rsa(json)
  if (kty === "EC" || kty === "OKP") return curve(json, kty)
  if (kty === "oct") return invalid("kty", "is oct: pass it with secret()")
  return invalid("kty", "is missing or not one that is known")
}

const rsa = (json: JsonObject): Result.Result<PublicJwk, Invalid> => {
  const n = text(json, "n") ?? ""
  const e = text(json, "e") ?? ""
  const modulus = bigEndian(n)
  const exponent = bigEndian(e)
  if (modulus === undefined || exponent === undefined) return invalid("n, e", "are not both canonical base64url")
  const bits = modulus.toString(2).length
  if (bits < 2048 || bits > 8192) return invalid("n", `has ${bits} bits: RSA keys need 2048 to 8192 (RFC 7518 §3.3)`)
  if (exponent < 3n || exponent % 2n === 0n || exponent >= 1n << 32n)
    return invalid("e", "is not an odd number from 3 to 2^32")
  return Result.succeed({ kty: "RSA", n, e })
}

const curve = (json: JsonObject, kty: "EC" | "OKP"): Result.Result<PublicJwk, Invalid> => {
  const crv = text(json, "crv") ?? ""
  const bytes = Object.hasOwn(coordinates, crv) ? coordinates[crv as keyof typeof coordinates] : undefined
  if (bytes === undefined || (crv === "Ed25519") !== (kty === "OKP")) return invalid("crv", "is not one that is known")
  const { x, y } = { x: text(json, "x") ?? "", y: text(json, "y") ?? "" }
  if (decodeBase64Url(x)?.length !== bytes) return invalid("x", `is not ${bytes} bytes in base64url`)
  if (kty === "OKP") return Result.succeed({ kty, crv, x })
  if (decodeBase64Url(y)?.length !== bytes) return invalid("y", `is not ${bytes} bytes in base64url`)
  return Result.succeed({ kty, crv, x, y })
}

const coordinates = { "P-256": 32, "P-384": 48, "P-521": 66, Ed25519: 32 }

const bigEndian = (base64url: string): bigint | undefined => {
  const bytes = decodeBase64Url(base64url)
  if (bytes === undefined || bytes.length === 0 || bytes.length > 1025) return undefined
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`)
}

const text = (json: JsonObject, name: string): string | undefined =>
  Object.hasOwn(json, name) ? (json[name] as string) : undefined
