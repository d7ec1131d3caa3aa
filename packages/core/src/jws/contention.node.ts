/** Tells serial work from work of several callers at once. */
export interface Contention {
  /** Whether others wait for the event loop now; to be asked once for each piece of work. */
  readonly several: () => boolean
  /** Counts work that runs beside the event loop until it settles. */
  readonly track: <A>(work: Promise<A>) => Promise<A>
}

/**
 * Serial work all happens in one task of the event loop, or in one task per turn. Where a second task of the same turn
 * brings work, as when several requests arrive together, or other work runs still, there are several callers.
 */
export const makeContention = (): Contention => {
  let running = 0
  let tasks = 0
  let inTask = false
  const enter = (): void => {
    if (inTask) return
    inTask = true
    process.nextTick(() => (inTask = false))
    if (++tasks === 1) setImmediate(() => (tasks = 0))
  }
  return {
    several: () => {
      enter()
      return running > 0 || tasks > 1
    },
    track: async (work) => {
      running++
      try {
        return await work
      } finally {
        running--
      }
    },
  }
}
