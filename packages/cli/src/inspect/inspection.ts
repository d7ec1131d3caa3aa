import type { VerifyError } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import type { ErrorCode } from "../exit-code.ts"
import { type Decoded, decode, type JsonObject } from "./decode.ts"
import { type ClaimContext, type ExplainedClaim, explainClaims } from "./explain-claim.ts"
import { type Trust, type Verification, verifyToken } from "./verify-token.ts"

/** The result of inspecting a token. */
export interface Inspection {
  readonly decoded: Decoded
  readonly claims: ReadonlyArray<ExplainedClaim>
  readonly verified: boolean
  /** One sentence: whether the signature was checked, by what, or why not. */
  readonly verdict: string
  readonly problems: ReadonlyArray<Problem>
}

export interface Problem {
  readonly code: ErrorCode
  readonly text: string
}

/** What the token is compared with; without `trust` its signature is not checked, and `untrusted` says why. */
export interface InspectOptions extends ClaimContext {
  readonly trustFor: (header: JsonObject) => Trust | { readonly untrusted: string }
}

/** Inspects a token: what it says, whether it is valid, and what is wrong with it. */
export const inspectToken: (token: string, options: InspectOptions) => Effect.Effect<Inspection> = Effect.fnUntraced(
  function* (token, options) {
    const decoded = decode(token)
    if (decoded.kind !== "jwt") return without(decoded)
    const claims = explainClaims(decoded.claims, options)
    const wrong = claims.flatMap(({ name, problem }): ReadonlyArray<Problem> =>
      problem === undefined ? [] : [{ code: codes[name] ?? "claim_mismatch", text: problem }],
    )
    const trust = options.trustFor(decoded.header)
    if ("untrusted" in trust) {
      return { decoded, claims, verified: false, verdict: `not verified: ${trust.untrusted}`, problems: wrong }
    }
    const verification = yield* verifyToken(token, decoded.claims, trust)
    const problems = [...wrong, ...refusals(verification, wrong)]
    const verified = verification.signature === true && problems.length === 0
    return { decoded, claims, verified, verdict: verdictOf(verification, problems, by(trust)), problems }
  },
)

const codes: Readonly<Record<string, ErrorCode>> = {
  exp: "token_expired",
  nbf: "token_not_yet_valid",
  iat: "token_not_yet_valid",
}

const without = (decoded: Exclude<Decoded, { readonly kind: "jwt" }>): Inspection => {
  const base = { decoded, claims: [], verified: false }
  switch (decoded.kind) {
    case "opaque":
      return { ...base, problems: [], verdict: "not verified: only its issuer can say what it means (RFC 7662)" }
    case "encrypted": {
      const verdict = "not verified: it is encrypted (JWE), and only the API it is for can read it"
      return { ...base, problems: [], verdict }
    }
    case "broken": {
      const text = `The token ${decoded.problem}.`
      return { ...base, problems: [{ code: "malformed_token", text }], verdict: "not verified: it is no JWT" }
    }
  }
}

/** The verification's findings beyond the claims that are already reported. */
const refusals = ({ signature, refusal }: Verification, wrong: ReadonlyArray<Problem>): ReadonlyArray<Problem> => {
  const bad: ReadonlyArray<Problem> = signature === false ? [{ code: "invalid_signature", text: forged }] : []
  if (refusal === undefined) return bad
  const { _tag: tag } = refusal.reason
  const known = tag === "OutsideValidity" || tag === "ClaimMismatch" ? wrong.length > 0 : tag === "SignatureMismatch"
  return known ? bad : [...bad, { code: refusal.explanation.code, text: refusal.explanation.what }]
}

const forged = "The signature does not match: the token was changed, or somebody else made it."

const by = ({ keys }: Trust): string => {
  if ("set" in keys) return "a key of the key set"
  return "secret" in keys ? "the secret" : `a key of ${keys.issuer}`
}

const verdictOf = ({ signature, refusal }: Verification, problems: ReadonlyArray<Problem>, key: string): string => {
  if (signature === true) {
    return problems.length === 0
      ? `verified: signed by ${key}`
      : `not acceptable: it is signed by ${key}, but something else is wrong`
  }
  return signature === false ? `not verified: not signed by ${key}` : `not verified: ${whyNot(refusal)}`
}

const whyNot = (refusal: VerifyError | undefined): string =>
  refusal === undefined ? "the signature was not checked" : lowerFirst(refusal.explanation.what.replace(/\.$/, ""))

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
