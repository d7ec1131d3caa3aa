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
