import { putNewest } from "../model/put-newest.ts"
import type { SessionEntry } from "./session-entry.ts"

/** The sessions in use in this process, one entry each; the least recently used is evicted. */
export const makeKnownSessions = <S extends SessionEntry>(make: (key: string) => S): ((key: string) => S) => {
  const known = new Map<string, S>()
  return (key) => {
    const session = known.get(key) ?? make(key)
    putNewest(known, [key, session], capacity)
    return session
  }
}

const capacity = 10_000
