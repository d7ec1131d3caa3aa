import * as Result from "effect/Result"
import { decodeBase64Url, importPublicKey } from "#signature"
import { type Algorithm, isAlgorithm } from "../jws/algorithm.ts"
import type { CompactJws } from "../jws/compact.ts"
import { fits, parsePublishedKey } from "../jws/jwk.ts"
import type { CheckSignature, PublicJwk } from "../jws/signature-key.ts"
import { parseStrictObject } from "../jws/strict-json.ts"
import { thumbprintOf } from "../jws/thumbprint.ts"

/** The imported key of a proof. */
export interface EmbeddedKey {
  readonly thumbprint: string
  readonly check: CheckSignature
}

/** Imports the key of a proof; a failure completes "The DPoP proof …". */
export type ReadEmbeddedKey = (jws: CompactJws) => Promise<Result.Result<EmbeddedKey, string>>

/**
 * The only place where a key comes from the JWT that it verifies. That is right for a proof and for nothing else: the
 * key is trusted because the access token names its thumbprint. Recent keys stay imported.
 *
 * @see RFC 9449 §4.3 items 4 to 7
 */
export const makeEmbeddedKeys = (): ReadEmbeddedKey => {
  const known = new Map<string, EmbeddedKey>()
  const keep = (header: string, key: EmbeddedKey): void => {
    known.delete(header)
    known.set(header, key)
    const oldest = known.keys().next()
    if (known.size > capacity && !oldest.done) known.delete(oldest.value)
  }
  return async (jws) => {
    const header = jws.signingInput.slice(0, jws.signingInput.indexOf("."))
    const hit = known.get(header)
    if (hit !== undefined) return Result.succeed(hit)
    const jwk = embeddedJwk(header, jws.header.alg)
    if (Result.isFailure(jwk)) return Result.fail(jwk.failure)
    const key = await imported(jwk.success)
    if (key === undefined) return Result.fail("has a jwk that is no key")
    if (header.length <= longest) keep(header, key)
    return Result.succeed(key)
  }
}

const capacity = 1000
/** The length of an RSA key of 4096 bits. */
const longest = 1024

interface FittingJwk {
  readonly jwk: PublicJwk
  readonly algorithm: Algorithm
}

const embeddedJwk = (header: string, alg: string): Result.Result<FittingJwk, string> => {
  const json = parseStrictObject(decodeBase64Url(header) ?? new Uint8Array())
  const embedded = Result.isSuccess(json) && Object.hasOwn(json.success, "jwk") ? json.success["jwk"] : undefined
  const key = parsePublishedKey(embedded)
  if (Result.isFailure(key)) return Result.fail(`has a jwk whose ${key.failure.field} ${key.failure.problem}`)
  if (privateMembers.some((member) => Object.hasOwn(embedded as object, member))) {
    return Result.fail("has a jwk with a private member")
  }
  if (!isAlgorithm(alg) || !fits(key.success, alg)) return Result.fail("has a jwk that does not fit its alg")
  return Result.succeed({ jwk: key.success.jwk, algorithm: alg })
}

/** RFC 7518 §6.2.2, §6.3.2, §6.4.1 */
const privateMembers = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"]

const imported = async ({ jwk, algorithm }: FittingJwk): Promise<EmbeddedKey | undefined> => {
  try {
    const check = await importPublicKey(jwk, algorithm)
    return { check, thumbprint: await thumbprintOf(jwk) }
  } catch {
    return undefined
  }
}
