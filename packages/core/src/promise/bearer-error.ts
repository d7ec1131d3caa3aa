import * as Duration from "effect/Duration"
import type { AcquireCode, AcquireError } from "../errors/acquire-error.ts"
import type { CallCode, CallError } from "../errors/call-error.ts"
import type { DelegateCode, DelegateError } from "../errors/delegate-error.ts"
import type { SessionCode, SessionError } from "../errors/session-error.ts"
import type { StoreCode, StoreError } from "../errors/store-error.ts"
import type { VerifyCode, VerifyError } from "../errors/verify-error.ts"

/** The codes that a program can branch on. */
export type BearerErrorCode =
  | AcquireCode
  | CallCode
  | DelegateCode
  | SessionCode
  | StoreCode
  | VerifyCode
  | "closed"
  | "popup_blocked"
  | "popup_closed"

/** The errors of the stages: all that the core's programs fail with. */
export type StageError = AcquireError | CallError | DelegateError | SessionError | StoreError | VerifyError

/** The one error of the Promise clients: `code` narrows, the message says what happened and names the fix. */
export class BearerError extends Error {
  override readonly name = "BearerError"
  readonly code: BearerErrorCode
  /** What to do about it, in one sentence. */
  declare readonly fix: string
  /** Whether the same call can succeed later without any change. */
  declare readonly retryable: boolean
  /** What remains of the wait that the server asks for, in milliseconds. */
  declare readonly retryAfter: number | undefined
  /** The HTTP status of the refusal, if there was one. */
  declare readonly status: number | undefined
  /** The server's own `error`, made printable. */
  declare readonly error: string | undefined
  /** The server's own `error_description`, made printable. */
  declare readonly errorDescription: string | undefined

  constructor(code: BearerErrorCode, message: string, details: BearerErrorDetails) {
    super(message)
    this.code = code
    Object.assign(this, { retryable: false }, details)
  }
}

/** What a `BearerError` knows besides its code and message. */
export interface BearerErrorDetails {
  readonly fix: string
  readonly retryable?: boolean
  readonly retryAfter?: number | undefined
  readonly status?: number | undefined
  readonly error?: string | undefined
  readonly errorDescription?: string | undefined
}

/** Converts a stage's error into the one that adapters throw. */
export const toBearerError = (error: StageError): BearerError => {
  const { code, fix, retryable, retryAfter } = error.explanation
  const { reason } = error
  return new BearerError(code, error.message, {
    fix,
    retryable,
    retryAfter: retryAfter === undefined ? undefined : Duration.toMillis(retryAfter),
    status: "status" in reason ? reason.status : undefined,
    error: "error" in reason ? reason.error : undefined,
    errorDescription: "description" in reason ? reason.description : undefined,
  })
}

/** Whether a thrown value is one of the core's own errors. */
export const isStageError = (error: unknown): error is StageError => error instanceof Error && "explanation" in error
