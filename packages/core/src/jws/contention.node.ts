/** Tells serial work from concurrent work. */
export interface Contention {
  /** Whether other callers are waiting for the event loop now; call it once per piece of work. */
  readonly several: () => boolean
  /** Counts work that runs beside the event loop until it settles. */
  readonly track: <A>(work: Promise<A>) => Promise<A>
}

/**
 * Serial work waits for each answer, and runs in one task of the event loop or in one task per turn. Work is concurrent
 * if more than a few pieces come without a pause, if a second task of the same turn brings work (requests that arrive
 * together do), or if other work is still running.
 */
export const makeContention = (): Contention => {
  let running = 0
  let inTask = 0
  let tasks = 0
  const sizeOfBurst = makeBurst()
  const enter = (): void => {
    if (++inTask !== 1) return
    process.nextTick(() => (inTask = 0))
    if (++tasks === 1) setImmediate(() => (tasks = 0))
  }
  return {
    several: () => {
      enter()
      return sizeOfBurst() > few || running > 0 || tasks > 1
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

/** Counts pieces of work that come without a pause, such as those of callers released together. */
export const makeBurst = (): (() => number) => {
  let size = 0
  const end = (): void => void (size = 0)
  return () => {
    if (++size === 1) void paused.then(end)
    return size
  }
}

/** Faster than `queueMicrotask`. */
const paused = Promise.resolve()
