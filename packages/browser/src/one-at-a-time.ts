/** Runs work once at a time; a call during a run has it run once more afterwards. */
export const oneAtATime = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  let again = false
  const rounds = async (): Promise<void> => {
    do {
      again = false
      await work()
    } while (again)
    running = undefined
  }
  return () => {
    again = running !== undefined
    running ??= rounds()
    return running
  }
}
