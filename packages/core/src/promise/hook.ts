import * as Effect from "effect/Effect"
import { printable } from "../model/printable.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import type { NetworkOptions } from "./network-options.ts"

export type Warn = (message: string) => void

/** Warns whoever observes an adapter, by default on the console; of the same once a minute. */
export const warner = ({ telemetry }: Pick<NetworkOptions, "telemetry">): Warn => {
  const observer = telemetry?.observer ?? Effect.service(Telemetry)
  let last = ""
  let at = 0
  return (message) => {
    const now = Date.now()
    if (message === last && Math.abs(now - at) < 60_000) return
    last = message
    at = now
    Effect.runFork(Effect.flatMap(observer, ({ warn }) => warn(message)))
  }
}

/** A hook that hears of something and decides nothing by failing: what it throws, or rejects with, is a warning. */
export const harmless =
  <Args extends ReadonlyArray<unknown>, A>(hook: (...args: Args) => A, warn: Warn) =>
  async (...args: Args): Promise<Awaited<A> | undefined> => {
    try {
      return await hook(...args)
    } catch (error) {
      warn(`A hook failed: ${printable(error instanceof Error ? String(error) : typeof error)}`)
      return undefined
    }
  }
