/** Every token and secret that was used, so that a test can search for leaks. Off by default. */
export interface Secrets {
  readonly values: ReadonlyArray<string>
  readonly add: (...values: ReadonlyArray<unknown>) => void
}

/** Shorter ones occur in any text by chance. */
const MIN_LENGTH = 8

export const makeSecrets = (collect: boolean): Secrets => {
  const values: Array<string> = []
  const known = new Set<string>()
  return {
    values,
    add: (...found) => {
      if (!collect) return
      for (const value of found) {
        if (typeof value !== "string" || value.length < MIN_LENGTH || known.has(value)) continue
        known.add(value)
        values.push(value)
      }
    },
  }
}
