import type { BearerErrorCode } from "@bearerkit/node"

/** The errors outside of a client: of arguments, files, an API, and the findings of doctor and inspect. */
export type CommandCode =
  | "api_denied"
  | "api_refused"
  | "api_throttled"
  | "api_unavailable"
  | "checks_failed"
  | "internal"
  | "issuer_failed"
  | "issuer_missing"
  | "missing_option"
  | "output_failed"
  | "secret_in_arguments"
  | "secret_unusable"
  | "usage"

export type ErrorCode = BearerErrorCode | CommandCode

/** The exit codes of every command; 128 and more is left for the signals: 130 for Ctrl-C. */
export const Exit = {
  internal: 1,
  usage: 2,
  interactionNeeded: 3,
  denied: 4,
  throttled: 5,
  network: 6,
  configuration: 7,
  refused: 8,
} as const

export type ExitCode = (typeof Exit)[keyof typeof Exit]

/** The exit code of each error code: a script reacts in the same way to all codes of a group. */
export const exitCodes: Readonly<Record<ErrorCode, ExitCode>> = {
  closed: Exit.internal,
  internal: Exit.internal,
  issuer_failed: Exit.internal,
  output_failed: Exit.internal,

  secret_in_arguments: Exit.usage,
  usage: Exit.usage,

  authorization_pending: Exit.interactionNeeded,
  expired_token: Exit.interactionNeeded,
  interaction_required: Exit.interactionNeeded,
  login_required: Exit.interactionNeeded,
  popup_blocked: Exit.interactionNeeded,
  popup_closed: Exit.interactionNeeded,
  transaction_expired: Exit.interactionNeeded,

  access_denied: Exit.denied,
  api_denied: Exit.denied,
  account_blocked: Exit.denied,
  algorithm_not_allowed: Exit.denied,
  claim_mismatch: Exit.denied,
  cross_site_request: Exit.denied,
  delegation_not_allowed: Exit.denied,
  id_token_refused: Exit.denied,
  insufficient_scope: Exit.denied,
  invalid_callback: Exit.denied,
  invalid_client: Exit.denied,
  invalid_credentials: Exit.denied,
  invalid_dpop_proof: Exit.denied,
  invalid_grant: Exit.denied,
  invalid_signature: Exit.denied,
  invalid_state: Exit.denied,
  invalid_token: Exit.denied,
  invalid_transaction: Exit.denied,
  key_not_found: Exit.denied,
  logout_token_refused: Exit.denied,
  malformed_token: Exit.denied,
  no_link_answered: Exit.denied,
  password_leaked: Exit.denied,
  rejected: Exit.denied,
  sender_mismatch: Exit.denied,
  token_expired: Exit.denied,
  token_inactive: Exit.denied,
  token_not_yet_valid: Exit.denied,
  type_not_allowed: Exit.denied,
  use_dpop_nonce: Exit.denied,

  api_throttled: Exit.throttled,
  lock_timeout: Exit.throttled,
  rate_limited: Exit.throttled,
  slow_down: Exit.throttled,
  too_many_attempts: Exit.throttled,

  api_unavailable: Exit.network,
  check_unavailable: Exit.network,
  keys_unavailable: Exit.network,
  timeout: Exit.network,
  unavailable: Exit.network,
  unreachable: Exit.network,

  checks_failed: Exit.configuration,
  connection_unavailable: Exit.configuration,
  invalid_options: Exit.configuration,
  invalid_request: Exit.configuration,
  invalid_scope: Exit.configuration,
  invalid_target: Exit.configuration,
  issuer_missing: Exit.configuration,
  issuer_mismatch: Exit.configuration,
  malformed_response: Exit.configuration,
  missing_option: Exit.configuration,
  origin_not_allowed: Exit.configuration,
  path_refused: Exit.denied,
  redirect_refused: Exit.configuration,
  secret_unusable: Exit.configuration,
  session_too_large: Exit.configuration,
  store_unavailable: Exit.configuration,
  supply_failed: Exit.configuration,
  token_type_mismatch: Exit.configuration,
  unauthorized_client: Exit.configuration,
  unsupported: Exit.configuration,
  unsupported_grant_type: Exit.configuration,
  unsupported_token_type: Exit.configuration,

  api_refused: Exit.refused,
}
