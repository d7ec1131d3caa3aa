import * as Effect from "effect/Effect"
import type { WaitUntil } from "../http/background.ts"
import { printable } from "../model/printable.ts"
import { putNewest } from "../model/put-newest.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import type { NetworkOptions } from "./network-options.ts"

/** Warns of what a hook has thrown, or of an error that nobody is told of. */
export type Warn = (message: string) => void

/** Warns whoever observes an adapter, by default on the console; of the same once a minute, however long it asks to wait. */
export const makeWarn = ({ telemetry }: Pick<NetworkOptions, "telemetry">): Warn => {
  const observer = telemetry?.observer ?? Effect.service(Telemetry)
  const told = new Map<string, number>()
  return (message) => {
    const now = Date.now()
    const cause = message.replace(/ wait \d+/, "")
    if (Math.abs(now - (told.get(cause) ?? 0)) < 60_000) return
    putNewest(told, [cause, now], 100)
    Effect.runFork(Effect.flatMap(observer, ({ warn }) => warn(message)))
  }
}

/**
 * A hook that cannot change the outcome by failing: what it throws, or rejects with, becomes a warning. Its work
 * continues even if nobody waits for it.
 */
export const safeHook =
  <Args extends ReadonlyArray<unknown>, A>(hook: (...args: Args) => A, warn: Warn, waitUntil?: WaitUntil) =>
  (...args: Args): Promise<Awaited<A> | undefined> => {
    const work = attempt(() => hook(...args), warn)
    waitUntil?.(work)
    return work
  }

const attempt = async <A>(work: () => A, warn: Warn): Promise<Awaited<A> | undefined> => {
  try {
    return await work()
  } catch (error) {
    warn(`A hook failed: ${printable(error instanceof Error ? String(error) : typeof error)}`)
    return undefined
  }
}
