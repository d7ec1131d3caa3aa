import * as Duration from "effect/Duration"
import { formatChallenge } from "../protocol/challenge.ts"
import type { Credentials } from "./credentials.ts"
import type { Problem } from "./problem.ts"
import { type RefusalReason, type Verdict, verdictOn } from "./refusal-reason.ts"

/** A request that is not let in, as the answer to it. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 503
  /** The values of `WWW-Authenticate`, one header for each. */
  readonly challenges: ReadonlyArray<string>
  /** The other headers. */
  readonly headers: Readonly<Record<string, string>>
  readonly problem: Problem
  /** Why, exactly: for the log. `explainRefusal` has it in words. */
  readonly reason: RefusalReason
}

/** What is the same in every challenge of one API. */
export interface ChallengeContext {
  readonly realm?: string | undefined
  /** Where the metadata of the API is (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /** What proofs may be signed with, where they are checked, and whether there is no other way in. */
  readonly dpop: { readonly algorithms: ReadonlyArray<string>; readonly required: boolean } | undefined
  /** What a caller should ask for who has no token yet. */
  readonly scopes: ReadonlyArray<string>
}

export type Scheme = Credentials["scheme"]

/** Makes refusals; `tried` is the scheme that the request came with. */
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

/** RFC 9110 §10.2.3; what somebody asks us to wait is what our callers should. */
const retryAfter = (reason: RefusalReason): Readonly<Record<string, string>> => {
  const asked = reason._tag === "KeysUnavailable" ? reason.because : reason
  return "retryAfter" in asked && asked.retryAfter !== undefined
    ? { "retry-after": String(Math.ceil(Duration.toSeconds(asked.retryAfter))) }
    : {}
}

const titles = { 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable" } as const

/** All ways in where a token is asked for, else the one that was tried; none where no token would have helped. */
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
