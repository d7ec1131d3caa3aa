/** Why a connection refused a login. */
export type LoginErrorReason =
  | "InvalidCredentials"
  | "UserBlocked"
  | "LogonNotPermitted"
  | "PasswordExpired"
  | "AccountDisabled"
  | "AccountExpired"
  | "PasswordChangeRequired"
  | "AccountLocked"
  | "AmbiguousUser"
  | "DirectoryUnavailable"
  | "DirectoryMisconfigured"

/** A login that failed; the message is for the log and contains neither a password nor a user name. */
export class LoginError extends Error {
  override readonly name = "LoginError"
  readonly reason: LoginErrorReason

  constructor(reason: LoginErrorReason, message: string = reason) {
    super(message)
    this.reason = reason
  }
}
