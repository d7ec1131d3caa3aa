// Stands in for @effect/vitest in the page: collects laws instead of running them at once.
import type * as Effect from "effect/Effect"

type Body = () => Effect.Effect<unknown, unknown>

export interface Law {
  readonly title: string
  readonly body: Body
  /** Under the real clock. */
  readonly live: boolean
}

export const collected: Array<Law> = []

const collect = (live: boolean) => (title: string, body: Body) => void collected.push({ title, body, live })

export const it = { effect: collect(false), live: collect(true) }

export const describe = (_: string, body: () => void): void => body()

const check = (held: boolean, actual: unknown, expected: unknown, message = ""): void => {
  if (!held) throw new Error(`${message} expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}

export const assert = {
  isTrue: (actual: unknown, message?: string) => check(actual === true, actual, true, message),
  isFalse: (actual: unknown, message?: string) => check(actual === false, actual, false, message),
  isUndefined: (actual: unknown, message?: string) => check(actual === undefined, actual, undefined, message),
  strictEqual: (actual: unknown, expected: unknown, message?: string) =>
    check(actual === expected, actual, expected, message),
  deepStrictEqual: (actual: unknown, expected: unknown, message?: string) =>
    check(JSON.stringify(actual) === JSON.stringify(expected), actual, expected, message),
}
