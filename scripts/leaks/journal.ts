import { appendFileSync } from "node:fs"
import { join } from "node:path"

/** A token or secret that passed in a test. */
export interface Secret {
  /** What it is, such as `access_token`. */
  readonly kind: string
  readonly value: string
}

/** Something that a person other than its owner may read: a span, a log line, an error, an output. */
export interface Published {
  /** What it is and where it came from. */
  readonly where: string
  readonly text: string
}

/** The folder of this run's journal; set by the global setup for the workers and the processes they start. */
export const folderVariable = "BEARERKIT_LEAKS"

/** What one process has met, appended to its own files of the run's private folder. */
export interface Journal {
  /** What is shorter than 16 characters, or of hardly any different ones, occurs by chance. */
  readonly secret: (kind: string, ...values: ReadonlyArray<unknown>) => void
  /** A list that grows while the tests run, such as an issuer's `minted`. */
  readonly growing: (kind: string, values: ReadonlyArray<string>) => void
  readonly published: (where: string, text: string) => void
  readonly flush: () => void
}

/** The journal of this process, one however often this module is loaded; nothing where no run has begun. */
export const journalOfThisProcess = (): Journal | undefined => {
  const folder = process.env[folderVariable]
  if (folder === undefined || folder === "") return undefined
  const shared = globalThis as { [name: symbol]: Journal | undefined }
  return (shared[key] ??= makeJournal(folder))
}

const key = Symbol.for("bearerkit.leaks")
const enough = 1 << 18

const makeJournal = (folder: string): Journal => {
  const known = new Set<string>()
  let waiting = { secrets: "", published: "" }

  const lists: Array<{ readonly kind: string; readonly values: ReadonlyArray<string>; seen: number }> = []

  const flush = (): void => {
    for (const list of lists) {
      secret(list.kind, ...list.values.slice(list.seen))
      list.seen = list.values.length
    }
    const written = waiting
    waiting = { secrets: "", published: "" }
    for (const name of ["secrets", "published"] as const) {
      if (written[name] !== "") appendFileSync(join(folder, `${process.pid}.${name}`), written[name], { mode: 0o600 })
    }
  }
  const note = (name: keyof typeof waiting, text: string, line: object): void => {
    const once = `${name} ${text}`
    if (known.has(once)) return
    known.add(once)
    waiting[name] += `${JSON.stringify(line)}\n`
    if (waiting[name].length > enough) flush()
  }
  const secret: Journal["secret"] = (kind, ...values) => {
    for (const value of values) if (isSecret(value)) note("secrets", value, { kind, value } satisfies Secret)
  }
  process.on("exit", flush)
  return {
    secret,
    growing: (kind, values) => void lists.push({ kind, values, seen: 0 }),
    published: (where, text) => note("published", text, { where, text } satisfies Published),
    flush,
  }
}

const isSecret = (value: unknown): value is string =>
  typeof value === "string" &&
  value.length >= 16 &&
  value.length <= 1 << 14 &&
  new Set(value).size >= 6 &&
  // what a help text shows says so itself
  !value.startsWith("change-me")
