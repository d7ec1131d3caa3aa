import type { LoginErrorReason } from "../connection/login-error.ts"

/** How a failed login is answered, in the words of `/oauth/ro`. */
export interface LoginFailure {
  readonly status: 401 | 429 | 503
  readonly error:
    | "invalid_user_password"
    | "unauthorized"
    | "too_many_attempts"
    | "too_many_logins"
    | "temporarily_unavailable"
  readonly description: string
  readonly retryAfter?: number
}

const WRONG: LoginFailure = { status: 401, error: "invalid_user_password", description: "Wrong email or password." }

const unauthorized = (description: string): LoginFailure => ({ status: 401, error: "unauthorized", description })
const unavailable = (description: string): LoginFailure => ({
  status: 503,
  error: "temporarily_unavailable",
  description,
  retryAfter: 5,
})

/** The directory said nothing about the password: never counted, never "wrong password". */
export const isOutage = (reason: LoginErrorReason): boolean =>
  reason === "DirectoryUnavailable" || reason === "DirectoryMisconfigured"

/** The password was, or may have been, wrong. */
export const isWrongPassword = (reason: LoginErrorReason): boolean => FAILURES[reason] === WRONG

// AccountLocked is told even for a wrong password by Active Directory (775): it must look like one.
const FAILURES: Readonly<Record<LoginErrorReason, LoginFailure>> = {
  InvalidCredentials: WRONG,
  AccountLocked: WRONG,
  AmbiguousUser: WRONG,
  UserBlocked: unauthorized("user is blocked"),
  AccountDisabled: unauthorized("the account is disabled"),
  AccountExpired: unauthorized("the account has expired"),
  PasswordExpired: unauthorized("the password has expired"),
  PasswordChangeRequired: unauthorized("the password must be changed first"),
  LogonNotPermitted: unauthorized("logon is not permitted now or from here"),
  DirectoryUnavailable: unavailable("the directory cannot be reached; try again later"),
  DirectoryMisconfigured: unavailable("the directory refused the issuer; see the issuer's log"),
}

export const failureOf = (reason: LoginErrorReason): LoginFailure => FAILURES[reason]

export const tooManyAttempts = (milliseconds: number): LoginFailure => ({
  status: 429,
  error: "too_many_attempts",
  description: "Your account has been blocked after multiple consecutive login attempts.",
  retryAfter: Math.ceil(milliseconds / 1000),
})

export const tooBusy: LoginFailure = unavailable("too many logins are under way; try again later")

export const tooManyLogins = (retryAfter: number): LoginFailure => ({
  status: 429,
  error: "too_many_logins",
  description: "Too many logins; check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.",
  retryAfter,
})
