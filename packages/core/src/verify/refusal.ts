import type { Explanation } from "../errors/explanation.ts"
import { formatChallenge } from "../protocol/challenge.ts"
import type { Credentials } from "./credentials.ts"
import type { Problem } from "./problem.ts"
import { explainRefusal, type RefusalCode, type RefusalReason, type Verdict, verdictOn } from "./refusal-reason.ts"

/** A request that is not let in, as the answer to it. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 503
  /** The values of `WWW-Authenticate`, one header for each. */
  readonly challenges: ReadonlyArray<string>
  /** The other headers. */
  readonly headers: Readonly<Record<string, string>>
  readonly problem: Problem
  /** Why, exactly: for the log. */
  readonly reason: RefusalReason
  /** The same in words: for the log too. */
  readonly explanation: Explanation<RefusalCode>
}

/** What is the same in every challenge of one API. */
export interface ChallengeContext {
  readonly realm?: string | undefined
  /** Where the metadata of the API is (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /** What a caller should ask for who has no token yet. */
  readonly scopes: ReadonlyArray<string>
}

export type Scheme = Credentials["scheme"]

/** Makes refusals; `scheme` is the one that the request came with. */
export type Refuse = (reason: RefusalReason, scheme?: Scheme) => Refusal

/**
 * @see RFC 6750 §3, RFC 9457 §3
 */
export const makeRefuse =
  (context: ChallengeContext): Refuse =>
  (reason, scheme = "Bearer") => {
    const verdict = verdictOn(reason)
    const { status, detail, error } = verdict
    return {
      status,
      challenges: hasChallenge(verdict) ? [challenge(context, scheme, verdict)] : [],
      headers: { "cache-control": "no-store" },
      problem: { type: "about:blank", title: titles[status], status, detail, ...(error !== undefined && { error }) },
      reason,
      explanation: explainRefusal(reason),
    }
  }

const titles = { 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable" } as const

/** A request without a token gets no error (RFC 6750 §3.1); one that no token would have helped gets no challenge. */
const hasChallenge = ({ status, error }: Verdict): boolean => status === 401 || error !== undefined

const challenge = ({ realm, resourceMetadata, scopes }: ChallengeContext, scheme: Scheme, verdict: Verdict): string => {
  const { error, detail, params } = verdict
  return formatChallenge({
    scheme,
    params: {
      ...(realm !== undefined && { realm }),
      ...(error !== undefined && { error, error_description: detail }),
      ...(error === undefined && scopes.length > 0 && { scope: scopes.join(" ") }),
      ...params,
      ...(resourceMetadata !== undefined && { resource_metadata: resourceMetadata }),
    },
  })
}
