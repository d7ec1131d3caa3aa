import { printable } from "../http/printable.ts"
import type { RefusalReason } from "./refused.ts"

/** One refused delegation: who wanted to act, for whom, at what; never a token. */
export interface RefusalEntry {
  /** ISO 8601. */
  readonly at: string
  readonly client: string
  /** Missing where no valid token said it. */
  readonly subject?: string
  /** Missing where the request named none. */
  readonly target?: string
  readonly reason: RefusalReason
  /** The grant type, or `delegation` for the old endpoint. */
  readonly grant: string
}

export interface Refusals {
  readonly entries: ReadonlyArray<RefusalEntry>
  readonly add: (refusal: Refusal) => void
}

export interface Refusal {
  readonly client: string
  readonly subject?: string | undefined
  readonly target?: string | undefined
  readonly reason: RefusalReason
  readonly grant: string
}

const MAX_ENTRIES = 10_000

/** The record of what was refused; every refusal is a line of the log as well. */
export const makeRefusals = (log: (line: string) => void): Refusals => {
  const entries: Array<RefusalEntry> = []
  return {
    entries,
    add: ({ client, subject, target, reason, grant }) => {
      const entry = {
        at: new Date().toISOString(),
        client: printable(client),
        ...(subject === undefined ? {} : { subject: printable(subject) }),
        ...(target === undefined ? {} : { target: printable(target) }),
        reason,
        grant,
      }
      entries.push(entry)
      if (entries.length > MAX_ENTRIES) entries.shift()
      const { subject: whom = "nobody known", target: what = "no target" } = entry
      log(`delegation refused: ${entry.client} for ${whom} to ${what}: ${reason} (${grant})`)
    },
  }
}
