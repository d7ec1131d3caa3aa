import type { SessionStore } from "./session-store.ts"

/** The sessions in use in this process, each once: who asks twice for one gets the same. The one used longest ago goes. */
export const makeKnownSessions = <S extends SessionStore>(make: (key: string) => S): ((key: string) => S) => {
  const known = new Map<string, S>()
  return (key) => {
    const session = known.get(key) ?? make(key)
    known.delete(key)
    known.set(key, session)
    const oldest = known.keys().next()
    if (known.size > capacity && !oldest.done) known.delete(oldest.value)
    return session
  }
}

const capacity = 10_000
