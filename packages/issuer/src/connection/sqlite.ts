import type { DatabaseSync } from "node:sqlite"

/** Opens an SQLite database; `:memory:` lives as long as it is open. */
export const openSqlite = async (file: string): Promise<DatabaseSync> => {
  const { DatabaseSync } = await withoutExperimentalWarning(() => import("node:sqlite"))
  return new DatabaseSync(file)
}

// Node 22 announces node:sqlite as experimental on every start; the note is of no use to a user of the issuer.
const withoutExperimentalWarning = async <Value>(run: () => Promise<Value>): Promise<Value> => {
  const emitWarning = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: Array<never>) => {
    if (!String(warning).includes("SQLite")) emitWarning.call(process, warning, ...rest)
  }) as typeof process.emitWarning
  try {
    return await run()
  } finally {
    process.emitWarning = emitWarning
  }
}
