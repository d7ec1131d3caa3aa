import type { Contestant } from "./measure.ts"

/** Checks a token and throws when it is not accepted. */
export type Check = (token: string) => unknown

/** What lets a check go through the tokens again and again. */
export type Way = (name: string, check: Check, tokens: ReadonlyArray<string>) => Contestant

/** So many at a time, and the next when all of them are done. */
export const inFlight =
  (size: number): Way =>
  (name, check, tokens) => {
    const next = cycle(tokens)
    const together = async (length: number): Promise<void> => {
      await Promise.all(Array.from({ length }, () => check(next())))
    }
    return {
      name,
      run: async (count) => {
        for (let done = 0; done < count; done += size)
          await (size === 1 ? check(next()) : together(Math.min(size, count - done)))
      },
    }
  }

const cycle = (tokens: ReadonlyArray<string>): (() => string) => {
  let at = 0
  return () => tokens[at++ % tokens.length] ?? ""
}
