import { stopwatch } from "@bearerkit/core"
import type * as Clock from "effect/Clock"
import { randomUUID } from "node:crypto"
import { link, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { hasEnded, thisProcess } from "./lock-holder.ts"
import { hasCode, privateDirectory } from "./private-directory.ts"

/** A turn at a lock. */
export interface LockTurn {
  /**
   * Whether nobody else can have the lock yet, by this machine's clock, since a process may be suspended. Once `false`
   * it stays so.
   */
  readonly isHeld: () => boolean
  /** Releases the lock. */
  readonly leave: () => Promise<void>
}

/**
 * Takes the next turn at a lock, if it is free or its holder is dead.
 *
 * Turns are files with increasing numbers, and the highest number has the lock. Its file names the holder and is
 * emptied when the turn is over; it stays until there are higher ones, so that no number is reused. The next number
 * appears with its whole content or not at all (`link`), for one of the contenders. Nobody has to remove the lock of a
 * dead holder, which two processes could do at once.
 */
export const takeTurn = async (folder: string, clock: Clock.Clock): Promise<LockTurn | undefined> => {
  try {
    await privateDirectory(folder)
    const next = await nextOf(folder)
    return next === undefined ? undefined : await enter(folder, next, clock)
  } catch (error) {
    // the folder was removed meanwhile
    if (hasCode(error, "ENOENT")) return undefined
    throw error
  }
}

/**
 * Removes the folder of a lock that nobody holds. Later callers make a new one; a caller about to take a turn in the
 * old one has lost the file that it would have linked.
 */
export const forgetLock = async (folder: string, clock: Clock.Clock): Promise<void> => {
  const turn = await takeTurn(folder, clock)
  if (turn === undefined) return
  const away = `${folder}.${randomUUID()}${forgotten}`
  if (turn.isHeld()) await rename(folder, away)
  await turn.leave().catch(() => undefined)
  await rm(away, { recursive: true, force: true })
}

/** The end of the name of a folder that is being removed. */
export const forgotten = ".forgotten"

/** Milliseconds without a sign of life after which a holder counts as dead if its process cannot be checked. */
export const silence = 30_000

/** The number of past turns that are kept, for processes that are reading the folder. */
const kept = 8

const pathOf = (folder: string, turn: number): string => join(folder, `${turn}.lock`)

const highest = (names: ReadonlyArray<string>): number =>
  Math.max(0, ...names.map((name) => Number(/^(\d{1,15})\.lock$/.exec(name)?.[1] ?? 0)))

/** Whether this turn is over. */
const isOver = async (path: string): Promise<boolean> => {
  try {
    const content = await readFile(path, "utf8")
    if (content === "" || hasEnded(content)) return true
    const { mtimeMs } = await stat(path)
    return mtimeMs < Date.now() - silence
  } catch (error) {
    // another process has taken a later turn
    if (hasCode(error, "ENOENT")) return false
    throw error
  }
}

/** The number of the next turn, unless the last one is still held. */
const nextOf = async (folder: string): Promise<number | undefined> => {
  const last = highest(await readdir(folder))
  return last > 0 && !(await isOver(pathOf(folder, last))) ? undefined : last + 1
}

/**
 * The file is written before the folder is read, so a new folder of the same name does not contain it, and old numbers
 * never appear there.
 */
const enter = async (folder: string, expected: number, clock: Clock.Clock): Promise<LockTurn | undefined> => {
  const since = stopwatch(clock)
  const beside = join(folder, `${expected}.${randomUUID()}.tmp`)
  await writeFile(beside, thisProcess(), { mode: 0o600, flag: "wx" })
  try {
    const mine = await nextOf(folder)
    if (mine === undefined) return undefined
    await link(beside, pathOf(folder, mine))
    const numbers = await readdir(folder)
    if (highest(numbers) !== mine) {
      // others took turns while this one was reading
      await rm(pathOf(folder, mine), { force: true })
      return undefined
    }
    await forgetBefore(folder, mine, numbers)
    return hold(pathOf(folder, mine), since, clock)
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined
    throw error
  } finally {
    await rm(beside, { force: true })
  }
}

const forgetBefore = async (folder: string, turn: number, names: ReadonlyArray<string>): Promise<void> => {
  const over = names.filter((name) => /^\d{1,15}\./.test(name) && Number.parseInt(name, 10) <= turn - kept)
  await Promise.all(over.map((name) => rm(join(folder, name), { force: true })))
}

const hold = (path: string, since: () => number, clock: Clock.Clock): LockTurn => {
  let sinceSign = since
  let lost = false
  const isHeld = (): boolean => {
    lost ||= sinceSign() >= silence / 2
    return !lost
  }
  const showLife = async (): Promise<void> => {
    if (!isHeld()) return clearInterval(alive)
    const shown = stopwatch(clock)
    const now = new Date()
    await utimes(path, now, now)
    if (isHeld()) sinceSign = shown
  }
  const alive = setInterval(() => void showLife().catch(() => undefined), silence / 6)
  alive.unref()
  return {
    isHeld,
    leave: async () => {
      clearInterval(alive)
      await truncate(path)
    },
  }
}
