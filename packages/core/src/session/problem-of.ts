import type { Explanation } from "../errors/explanation.ts"
import type { Problem } from "./problem-page.ts"

/**
 * The public part of an error: a status, a sentence, and a code to look it up by. The exact reason is for the operator.
 */
export const problemOf = ({ code, retryable }: Explanation, again?: string): Problem => {
  const status = retryable ? 503 : (statuses.get(code) ?? 500)
  const [title, detail] = words.get(code) ?? byStatus.get(status) ?? failed
  return { status, title, detail, code, ...(again !== undefined && { again }) }
}

const statuses: ReadonlyMap<string, number> = new Map([
  ["access_denied", 403],
  ["account_blocked", 403],
  ["cross_site_request", 403],
  ["delegation_not_allowed", 403],
  ["id_token_refused", 400],
  ["interaction_required", 403],
  ["invalid_callback", 400],
  ["invalid_grant", 400],
  ["invalid_state", 400],
  ["invalid_transaction", 400],
  ["issuer_mismatch", 400],
  ["login_required", 401],
  ["logout_token_refused", 400],
  ["path_refused", 400],
  ["redirect_refused", 502],
  ["transaction_expired", 400],
])

type Words = readonly [title: string, detail: string]

const words: ReadonlyMap<string, Words> = new Map([
  ["access_denied", ["Not signed in", "The sign-in was declined."]],
  ["cross_site_request", ["Refused", "The request did not come from a page of this application."]],
  ["login_required", ["Not signed in", "Sign in to go on."]],
  ["delegation_not_allowed", ["Refused", "This is not allowed on behalf of others."]],
  ["path_refused", ["Refused", "There is no such address."]],
  ["redirect_refused", ["Not available", "The server behind this one gave no answer that can be passed on."]],
  ["logout_token_refused", ["Refused", "The logout token is not valid here."]],
  ["transaction_expired", ["Not signed in", "The sign-in took too long."]],
])

const byStatus: ReadonlyMap<number, Words> = new Map([
  [400, ["Not signed in", "This sign-in was not begun in this browser, was finished before, or is not valid."]],
  [403, ["Not signed in", "The sign-in was refused."]],
  [503, ["Not available", "This is not possible at the moment. Try again a little later."]],
])

const failed: Words = ["Something went wrong", "This is not possible. The operator of this application can tell why."]
