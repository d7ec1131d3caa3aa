import { noteError } from "./effects.ts"
import { journalOfThisProcess } from "./journal.ts"

/** For tests whose secrets pass through no server. */
export const noteSecret = (kind: string, ...values: ReadonlyArray<string>): void =>
  journalOfThisProcess()?.secret(kind, ...values)

/** For servers that list what they minted and received, and what they were configured with. */
export const noteMinted = (values: ReadonlyArray<string>): void => journalOfThisProcess()?.growing("minted", values)

/** For errors that come as values, out of plain functions. */
export const notePublished = (error: Error): void => {
  const journal = journalOfThisProcess()
  if (journal !== undefined) noteError(journal, error, "a plain function")
}
