import type { Classify } from "../protocol/rejection.ts"

/**
 * Maps the refusal of a subject or actor token to `invalid_grant`; by the standard it is `invalid_request`, and at
 * several servers a 401 or another word.
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

/** The tokens are always sent, so a description of them, not of their types, means that they are not accepted. */
const blamesToken = (description: string): boolean =>
  /\b(subject|actor)[ _]token\b/i.test(description) && !/token[ _]types?\b/i.test(description)
