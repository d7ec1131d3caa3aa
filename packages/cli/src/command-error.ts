import * as Data from "effect/Data"
import * as Runtime from "effect/Runtime"
import { type ErrorCode, exitCodes } from "./exit-code.ts"

/** Why a command failed, for the person who typed it. The process exits with the exit code of `code`. */
export class CommandError extends Data.TaggedError("CommandError")<{
  readonly code: ErrorCode
  /** What happened: one sentence, without secrets. */
  readonly what: string
  /** What to do about it, in one sentence. */
  readonly fix: string
  readonly retryable?: boolean
  /** Seconds. */
  readonly retryAfter?: number
  readonly status?: number
  /** The server's own `error`. */
  readonly serverError?: string
}> {
  override get message(): string {
    return `${this.what} ${this.fix}`
  }
  override get [Runtime.errorExitCode](): number {
    return exitCodes[this.code]
  }
}

/** Converts a defect. Only its kind is shown: its message could hold anything. */
export const internalError = (defect: unknown): CommandError =>
  new CommandError({
    code: "internal",
    what: `The command failed in a way it should not (${defect instanceof Error ? defect.name : typeof defect}).`,
    fix: "Report it to the maintainers of BearerKit, with the options that were used.",
  })
