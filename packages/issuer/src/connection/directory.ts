import type { CheckedConnection } from "../config/connection.ts"
import { IssuerConfigError } from "../config/error.ts"
import type { Account, Connection } from "./connection.ts"
import { openDatabase } from "./database.ts"

/** All connections of the issuer. */
export interface Directory {
  readonly connections: ReadonlyArray<Connection>
  readonly get: (name: string) => Connection | undefined
  /** The person with this subject, whichever connection knows them. */
  readonly find: (sub: string) => Promise<Account | undefined>
  readonly close: () => Promise<void>
}

export const openDirectory = async (configs: ReadonlyArray<CheckedConnection>): Promise<Directory> => {
  const connections: Array<Connection> = []
  const close = async (): Promise<void> => {
    await Promise.all(connections.map((connection) => connection.close()))
  }
  try {
    for (const [index, config] of configs.entries()) {
      connections.push(await open(config, `connections[${index}]`))
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    connections,
    get: (name) => connections.find((connection) => connection.name === name),
    find: async (sub) => {
      const separator = sub.indexOf("|")
      const strategy = sub.slice(0, separator)
      for (const connection of connections) {
        if (connection.strategy !== strategy || connection.disabled) continue
        const account = await connection.find(sub.slice(separator + 1))
        if (account !== undefined) return account
      }
      return undefined
    },
    close,
  }
}

const open = async (config: CheckedConnection, field: string): Promise<Connection> => {
  if (config.strategy === "ldap") return (await import("./ldap.ts")).openLdap(config)
  return openDatabase(config).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : "unknown reason"
    throw new IssuerConfigError(`${field}.file`, `cannot be used as a database: ${reason}`)
  })
}
