import { stopwatch } from "@bearerkit/core"
import type * as Clock from "effect/Clock"
import { randomUUID } from "node:crypto"
import { link, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { hasEnded, thisProcess } from "./lock-holder.ts"
import { hasCode, privateDirectory } from "./private-directory.ts"

/** A turn at a lock. */
export interface LockTurn {
  /** Whether nobody else can have the lock yet, by this machine's clocks: a process may have been stopped. Never again after no. */
  readonly isHeld: () => boolean
  /** Gives the lock to the next one. */
  readonly leave: () => Promise<void>
}

/**
 * Takes the next turn at a lock, if it is free or its holder is dead.
 *
 * The turns are files with growing numbers, and the highest number has the lock. Its file names the holder and is
 * emptied when the turn is over; it stays until there are higher ones, so that no number is given twice. The next number
 * appears with its whole content or not at all (`link`), for one of those who try. Nobody has to remove the lock of a
 * dead holder, which is what two processes could do at once.
 */
export const takeTurn = async (folder: string, clock: Clock.Clock): Promise<LockTurn | undefined> => {
  await privateDirectory(folder)
  const last = highest(await readdir(folder))
  if (last > 0 && !(await isOver(pathOf(folder, last)))) return undefined
  const mine = last + 1
  const since = stopwatch(clock)
  if (!(await appear(folder, mine))) return undefined
  const numbers = await readdir(folder)
  if (highest(numbers) !== mine) {
    // others went on while this one was reading
    await rm(pathOf(folder, mine), { force: true })
    return undefined
  }
  await forgetBefore(folder, mine, numbers)
  return hold(pathOf(folder, mine), since, clock)
}

/** Milliseconds without a sign of life after which a holder counts as dead, where its process cannot be asked. */
export const silence = 30_000

/** Turns that are kept although they are over, for those who are reading the folder. */
const kept = 8

const pathOf = (folder: string, turn: number): string => join(folder, `${turn}.lock`)

const highest = (names: ReadonlyArray<string>): number =>
  Math.max(0, ...names.map((name) => Number(/^(\d{1,15})\.lock$/.exec(name)?.[1] ?? 0)))

/** Whether nobody has this turn any more. */
const isOver = async (path: string): Promise<boolean> => {
  try {
    const content = await readFile(path, "utf8")
    if (content === "" || hasEnded(content)) return true
    const { mtimeMs } = await stat(path)
    return mtimeMs < Date.now() - silence
  } catch (error) {
    // somebody has gone on
    if (hasCode(error, "ENOENT")) return false
    throw error
  }
}

/** Whether the turn is this one's. */
const appear = async (folder: string, turn: number): Promise<boolean> => {
  const beside = join(folder, `${turn}.${randomUUID()}.tmp`)
  await writeFile(beside, thisProcess(), { mode: 0o600, flag: "wx" })
  try {
    await link(beside, pathOf(folder, turn))
    return true
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false
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
