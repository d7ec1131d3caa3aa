import * as Result from "effect/Result"
import { decodeBase64Url } from "#signature"
import type { JsonObject } from "../model/json.ts"
import { remembered } from "./remembered.ts"
import { parseStrictObject } from "./strict-json.ts"

/** The header parameters in use; `jwk`, `jku`, `x5u` and `x5c` are never read, so they can never be a key source. */
export interface JwsHeader {
  readonly alg: string
  readonly kid: string | undefined
  /** In lower case and without `application/` (RFC 7515 §4.1.9). */
  readonly typ: string | undefined
}

/** A parsed JWS; nothing in it is verified. */
export interface CompactJws {
  readonly header: JwsHeader
  readonly payload: Uint8Array
  readonly signingInput: string
  readonly signature: Uint8Array
}

/** Parses a JWS; a failure completes "The token …". */
export type ParseCompact = (token: string) => Result.Result<CompactJws, string>

/**
 * A parser of the compact serialisation that rejects whatever another parser might read differently: each content has
 * exactly one accepted spelling. It caches recent headers.
 *
 * @see RFC 7515 §3.1, §5.2 and §7.1, RFC 4648 §3.5
 */
export const makeCompactParser = (): ParseCompact => {
  const parseHeader = remembered(headerOf, Result.isSuccess)
  return (token) => {
    if (typeof token !== "string") return notText
    if (token.length > maxTokenLength) return tooLong
    const first = token.indexOf(".")
    const second = token.indexOf(".", first + 1)
    if (first < 1 || second < first + 2 || second === token.length - 1 || token.includes(".", second + 1))
      return shapeProblem(token)
    const header = parseHeader(token.slice(0, first))
    if (Result.isFailure(header)) return Result.fail(header.failure)
    const payload = decodeBase64Url(token.slice(first + 1, second))
    if (payload === undefined) return badPayload
    const signature = decodeBase64Url(token.slice(second + 1))
    if (signature === undefined) return badSignature
    return Result.succeed({ header: header.success, payload, signingInput: token.slice(0, second), signature })
  }
}

/** More than servers accept as request headers. */
export const maxTokenLength = 32 * 1024

const notText = /*#__PURE__*/ Result.fail("is not a string")
const tooLong = /*#__PURE__*/ Result.fail(`is longer than ${maxTokenLength} characters`)
const encrypted = /*#__PURE__*/ Result.fail("has five parts, so it is encrypted (JWE), which is not accepted")
const notThreeParts = /*#__PURE__*/ Result.fail("does not consist of three non-empty parts")
const badHeader = /*#__PURE__*/ Result.fail("has a header that is not canonical base64url")
const badPayload = /*#__PURE__*/ Result.fail("has a payload that is not canonical base64url")
const badSignature = /*#__PURE__*/ Result.fail("has a signature that is not canonical base64url")

const shapeProblem = (token: string): Result.Result<never, string> =>
  token.split(".", 6).length === 5 ? encrypted : notThreeParts

const headerOf = (text: string): Result.Result<JwsHeader, string> => {
  const bytes = decodeBase64Url(text)
  if (bytes === undefined) return badHeader
  const json = parseStrictObject(bytes)
  if (Result.isFailure(json)) return Result.fail(`has a header that ${json.failure}`)
  const problem = problemOf(json.success)
  if (problem !== undefined) return Result.fail(problem)
  const { alg, kid, typ } = json.success as { readonly alg: string; readonly kid?: string; readonly typ?: string }
  return Result.succeed({ alg, kid, typ: typ?.toLowerCase().replace(/^application\//, "") })
}

const problemOf = (header: JsonObject): string | undefined => {
  // No extension is supported, so a token that requires one is refused (RFC 7515 §4.1.11, RFC 7797 §6).
  if (Object.hasOwn(header, "crit")) return "has the header parameter crit, and no extension is understood here"
  if (Object.hasOwn(header, "b64")) return "has the header parameter b64, which is not accepted in a JWT"
  if (!Object.hasOwn(header, "alg") || typeof header["alg"] !== "string") return "has a header without the string alg"
  for (const name of ["kid", "typ"]) {
    if (Object.hasOwn(header, name) && typeof header[name] !== "string")
      return `has a header whose ${name} is not a string`
  }
  return undefined
}
