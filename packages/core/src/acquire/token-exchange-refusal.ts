import type { Classify } from "../protocol/rejection.ts"

/**
 * An unacceptable subject or actor token is `invalid_request` by the standard, and 401 or another word at several
 * servers; here it is always `invalid_grant`.
 *
 * @see RFC 8693 §2.2.2
 */
export const classifyTokenExchange: Classify = ({ error, description = "" }, status) => {
  if (tokenFaults.has(error)) return "invalid_grant"
  const unclear = error === "invalid_request" || error === "unauthorized"
  return unclear && (status === 401 || blamesToken(description)) ? "invalid_grant" : undefined
}

const tokenFaults: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "invalid_actor_token",
  "invalid_subject_token",
  "invalid_token",
])

/** The tokens are always sent, so words about them, not their types, mean that they are not accepted. */
const blamesToken = (description: string): boolean =>
  /\b(subject|actor)[ _]token\b/i.test(description) && !/token[ _]types?\b/i.test(description)
