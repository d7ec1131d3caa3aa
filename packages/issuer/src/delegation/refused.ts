/** Why a delegation is refused. */
export type RefusalReason =
  | "unknown_caller"
  | "grant_off"
  | "bad_request"
  | "bad_subject_token"
  | "bad_actor_token"
  | "actor_not_allowed"
  | "caller_not_allowed"
  | "unknown_target"
  | "person_blocked"
  | "key_not_proven"
  | "no_scope"
  | "too_deep"
  | "too_many_requests"

/** A refused delegation; the message is for the caller and contains no token. */
export class DelegationRefused extends Error {
  override readonly name = "DelegationRefused"
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.reason = reason
  }
}
