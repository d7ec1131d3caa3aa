/** Tells serial work from work of several callers at once. */
export interface Contention {
  /** Whether others wait for the event loop now; to be asked once for each piece of work. */
  readonly several: () => boolean
  /** Counts work that runs beside the event loop until it settles. */
  readonly track: <A>(work: Promise<A>) => Promise<A>
}

/**
 * Serial work waits for each answer, and all happens in one task of the event loop or in one task per turn. There are
 * several callers where more than a few pieces come without a pause, where a second task of the same turn brings work
 * (requests that arrive together do), and where other work runs still.
 */
export const makeContention = (): Contention => {
  let running = 0
  let inTask = 0
  let tasks = 0
  let withoutPause = 0
  const enter = (): void => {
    if (++withoutPause === 1) queueMicrotask(() => (withoutPause = 0))
    if (++inTask !== 1) return
    process.nextTick(() => (inTask = 0))
    if (++tasks === 1) setImmediate(() => (tasks = 0))
  }
  return {
    several: () => {
      enter()
      return running > 0 || tasks > 1 || withoutPause > few
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

const few = 8
