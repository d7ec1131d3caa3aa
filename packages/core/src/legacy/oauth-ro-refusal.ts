import { accountBlocked, connectionUnavailable, invalidCredentials, passwordLeaked } from "../protocol/rare-refusals.ts"
import type { Classify, Refusal } from "../protocol/rejection.ts"

/** The error table of `/oauth/ro`, with its older variants and those seen only at real tenants. */
export const classifyOauthRo: Classify = (refusal, status) => {
  if (refusal.error === "invalid_request") return invalidRequest(refusal)
  if (refusal.error === "unauthorized") return isBlocked(refusal) ? accountBlocked : "access_denied"
  return codes.get(refusal.error) ?? (status === 401 ? "access_denied" : undefined)
}

const codes: ReadonlyMap<string, ReturnType<Classify>> = /*#__PURE__*/ new Map<string, ReturnType<Classify>>([
  ["a0.mfa_invalid_code", "interaction_required"],
  ["a0.mfa_registration_required", "interaction_required"],
  ["a0.mfa_required", "interaction_required"],
  ["invalid_password", invalidCredentials],
  ["invalid_user_password", invalidCredentials],
  ["password_leaked", passwordLeaked],
  ["requires_verification", "interaction_required"],
  ["too_many_attempts", "too_many_attempts"],
  // 2014
  ["Unauthorized", invalidCredentials],
])

/** One error for many faults; only its description distinguishes a connection from a parameter. */
const invalidRequest = ({ description = "" }: Refusal): ReturnType<Classify> =>
  /^the connection |strategy does not support/i.test(description) ? connectionUnavailable : "invalid_request"

const isBlocked = ({ description = "" }: Refusal): boolean => /\bblocked\b/i.test(description)
