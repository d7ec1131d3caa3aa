import { accountBlocked } from "../protocol/rare-refusals.ts"
import type { Classify } from "../protocol/rejection.ts"

/** Maps the refusals of `/delegation`; the description distinguishes some that share one `error`. */
export const classifyDelegation: Classify = ({ error, description = "" }, status) => {
  if (error === "invalid_request") return blamesTarget(description) ? "invalid_target" : "invalid_request"
  if (error === "unauthorized") return /\bblocked\b/i.test(description) ? accountBlocked : "access_denied"
  // a 401 with any other error, or none: the token that was sent is not accepted
  return status === 401 && !clientFaults.has(error) ? "invalid_grant" : undefined
}

const clientFaults: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "access_denied",
  "invalid_client",
  "unauthorized_client",
])

const blamesTarget = (description: string): boolean => /\btarget\b/i.test(description)
