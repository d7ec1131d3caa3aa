import type { Warning } from "@bearerkit/node"
import * as Effect from "effect/Effect"
import { styleText } from "node:util"
import type { CommandError } from "../command-error.ts"
import { exitCodes } from "../exit-code.ts"
import { printable, printableJson } from "./printable.ts"
import { printNotice } from "./write.ts"

export interface ReportOptions {
  /** One JSON object a line instead of words. */
  readonly json: boolean
}

/** Prints to stderr what went wrong and what to do about it. */
export const report = (error: CommandError, { json }: ReportOptions): Effect.Effect<void> =>
  printNotice(json ? printableJson(errorJson(error)) : errorText(error))

/** A warning: with a name to look it up by, or about a failure that did not affect the result. */
export type Notice = Pick<Warning, "message"> & Partial<Warning>

/** Prints it to stderr. */
export const warn = (warning: Notice, { json }: ReportOptions): Effect.Effect<void> =>
  printNotice(json ? printableJson({ version: 1, warning }) : warningText(warning))

const errorText = ({ what, fix, code }: CommandError): string =>
  `${styled("red", "error:")} ${printable(what)} [${code}]\n${styled("bold", "fix:")}   ${printable(fix)}`

const warningText = ({ name, message }: Notice): string =>
  `${styled("yellow", "warning:")} ${printable(message)}${name === undefined ? "" : ` [${name}]`}`

const errorJson = (error: CommandError): object => ({
  version: 1,
  error: {
    code: error.code,
    message: error.what,
    fix: error.fix,
    exit_code: exitCodes[error.code],
    retryable: error.retryable ?? false,
    retry_after: error.retryAfter,
    status: error.status,
    server_error: error.serverError,
  },
})

const styled = (style: "red" | "yellow" | "bold", text: string): string =>
  styleText(style, text, { stream: process.stderr })
