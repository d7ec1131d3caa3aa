import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { forgetLock, forgotten } from "./lock-turn.ts"
import { hasCode, namesIn } from "./private-directory.ts"
import { keysIn } from "./private-files.ts"

export interface SweptStorage {
  /** The directory of the tokens. */
  readonly tokens: string
  /** The directory of the locks. */
  readonly locks: string
  /** Removes the entry of a key if it has expired. */
  readonly removeEnded: (key: string) => Effect.Effect<void, unknown>
}

/**
 * Removes garbage: expired tokens, locks unused for an hour, and half-written files of killed processes. Interruptible
 * between any two of them.
 */
export const sweep = Effect.fnUntraced(function* ({ tokens, locks, removeEnded }: SweptStorage) {
  const clock = yield* Clock.Clock
  for (const key of yield* step(() => keysIn(tokens))) yield* Effect.ignore(removeEnded(key))
  for (const path of yield* step(() => oldIn(tokens))) {
    if (path.endsWith(".tmp")) yield* Effect.ignore(step(() => rm(path, { force: true })))
  }
  for (const path of yield* step(() => oldIn(locks))) {
    yield* Effect.ignore(step(() => removeLock(path, clock)))
  }
})

const removeLock = (path: string, clock: Clock.Clock): Promise<void> =>
  path.endsWith(forgotten) ? rm(path, { recursive: true, force: true }) : forgetLock(path, clock)

/** The entries unchanged for an hour; a folder changes with its content. */
const oldIn = async (directory: string): Promise<ReadonlyArray<string>> => {
  const paths = (await namesIn(directory)).map((name) => join(directory, name))
  const old: Array<string> = []
  for (const path of paths) if (await isOld(path)) old.push(path)
  return old
}

const isOld = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).mtimeMs < Date.now() - 3_600_000
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false
    throw error
  }
}

const step = <A>(work: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.uninterruptible(Effect.tryPromise({ try: work, catch: (cause) => cause }))
