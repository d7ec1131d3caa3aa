import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"

/** The result, and nothing else: a line or more on stdout. */
export const printResult = (lines: string): Effect.Effect<void, CommandError> => Effect.asVoid(printChunk(`${lines}\n`))

/** A part of a result that is longer, as it is; false once the reader has gone. */
export const printChunk = (chunk: string | Uint8Array): Effect.Effect<boolean, CommandError> =>
  Effect.callback((resume) => {
    process.stdout.write(chunk, (error?: NodeJS.ErrnoException | null) => {
      const gone = error?.code === "EPIPE"
      resume(error && !gone ? Effect.fail(notWritten(error)) : Effect.succeed(!gone))
    })
  })

/** One line for the person, or for the program that reads stderr as JSON. */
export const printNotice = (line: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    process.stderr.write(`${line}\n`, () => resume(Effect.void))
  })

/** A reader that goes away, as in `bearerkit token | head -0`, is no reason to crash. */
export const survivesClosedPipes = (): void => {
  // each write learns of its own error
  process.stdout.on("error", () => {})
  process.stderr.on("error", () => {})
}

const notWritten = ({ code }: NodeJS.ErrnoException): CommandError =>
  new CommandError({
    code: "output_failed",
    what: `The result could not be written to stdout (${code ?? "unknown error"}).`,
    fix: "Check where the output goes.",
  })
