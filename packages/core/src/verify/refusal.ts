import * as Duration from "effect/Duration"
import { formatChallenge } from "../protocol/challenge.ts"
import type { Credentials } from "./credentials.ts"
import type { Problem } from "./problem.ts"
import { type RefusalReason, type Verdict, verdictOn } from "./refusal-reason.ts"

/** The answer to a refused request. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 503
  /** The values of `WWW-Authenticate`, one header each. */
  readonly challenges: ReadonlyArray<string>
  /** The other headers. */
  readonly headers: Readonly<Record<string, string>>
  readonly problem: Problem
  /** The exact reason, for the log; `explainRefusal` puts it into words. */
  readonly reason: RefusalReason
}

/** The common part of an API's challenges. */
export interface ChallengeContext {
  readonly realm?: string | undefined
  /** The URL of the API's metadata (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /** The accepted algorithms of proofs, if DPoP is enabled, and whether it is required. */
  readonly dpop: { readonly algorithms: ReadonlyArray<string>; readonly required: boolean } | undefined
  /** The scopes that a caller without a token should request. */
  readonly scopes: ReadonlyArray<string>
}

export type Scheme = Credentials["scheme"]

/** Makes refusals; `tried` is the scheme of the request. */
export type Refuse = (reason: RefusalReason, tried?: Scheme) => Refusal

/**
 * @see RFC 6750 §3, RFC 9449 §7.1, RFC 9457 §3
 */
export const makeRefuse =
  (context: ChallengeContext): Refuse =>
  (reason, tried = "Bearer") => {
    const scheme = context.dpop?.required === true ? "DPoP" : tried
    const verdict = verdictOn(reason)
    const { status, detail, error } = verdict
    return {
      status,
      challenges: schemesOf(context, verdict, scheme).map((each) =>
        challenge(context, each, each === scheme ? verdict : { status, detail }),
      ),
      headers: { "cache-control": "no-store", ...verdict.headers, ...(status === 503 && retryAfter(reason)) },
      problem: { type: "about:blank", title: titles[status], status, detail, ...(error !== undefined && { error }) },
      reason,
    }
  }

/** RFC 9110 §10.2.3: our callers should wait as long as we are asked to. */
const retryAfter = (reason: RefusalReason): Readonly<Record<string, string>> => {
  const asked = reason._tag === "KeysUnavailable" ? reason.because : reason
  return "retryAfter" in asked && asked.retryAfter !== undefined
    ? { "retry-after": String(Math.ceil(Duration.toSeconds(asked.retryAfter))) }
    : {}
}

const titles = { 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable" } as const

/** All schemes if a token is missing, else the one that was tried; none if no token would have helped. */
const schemesOf = ({ dpop }: ChallengeContext, { status, error }: Verdict, tried: Scheme): ReadonlyArray<Scheme> => {
  if (status !== 401) return error === undefined ? [] : [tried]
  if (dpop === undefined) return ["Bearer"]
  return dpop.required ? ["DPoP"] : ["Bearer", "DPoP"]
}

const challenge = (context: ChallengeContext, scheme: Scheme, { error, detail, params }: Verdict): string => {
  const { realm, resourceMetadata, scopes, dpop } = context
  return formatChallenge({
    scheme,
    params: {
      ...(realm !== undefined && { realm }),
      ...(error !== undefined && { error, error_description: detail }),
      ...(error === undefined && scopes.length > 0 && { scope: scopes.join(" ") }),
      ...params,
      ...(scheme === "DPoP" && dpop !== undefined && { algs: dpop.algorithms.join(" ") }),
      ...(resourceMetadata !== undefined && { resource_metadata: resourceMetadata }),
    },
  })
}
