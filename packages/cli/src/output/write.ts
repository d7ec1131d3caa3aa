import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"

/** Prints the result to stdout, which gets nothing else. */
export const printResult = (lines: string): Effect.Effect<void, CommandError> => Effect.asVoid(printChunk(`${lines}\n`))

/** Prints a part of a long result, unchanged; false once the reader has gone. */
export const printChunk = (chunk: string | Uint8Array): Effect.Effect<boolean, CommandError> =>
  Effect.callback((resume) => {
    process.stdout.write(chunk, (error?: NodeJS.ErrnoException | null) => {
      const gone = error?.code === "EPIPE"
      resume(error && !gone ? Effect.fail(notWritten(error)) : Effect.succeed(!gone))
    })
  })

/** Prints one line to stderr. */
export const printNotice = (line: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    process.stderr.write(`${line}\n`, () => resume(Effect.void))
  })

/** A reader that goes away, as in `bearerkit token | head -0`, must not crash the command. */
export const survivesClosedPipes = (): void => {
  // each write handles its own error
  process.stdout.on("error", () => {})
  process.stderr.on("error", () => {})
}

const notWritten = ({ code }: NodeJS.ErrnoException): CommandError =>
  new CommandError({
    code: "output_failed",
    what: `The result could not be written to stdout (${code ?? "unknown error"}).`,
    fix: "Check where the output goes.",
  })
