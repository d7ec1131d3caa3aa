import { createHash, randomBytes } from "node:crypto"
import type { DatabaseSync } from "node:sqlite"

import type { OwnClaims } from "../config/claims.ts"
import type { Database, UserConfig } from "../config/connection.ts"
import type { Account, Connection, Profile } from "./connection.ts"
import { LoginError } from "./login-error.ts"
import { type PasswordHasher, scryptHasher } from "./password-hash.ts"
import { openSqlite } from "./sqlite.ts"

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    email TEXT,
    blocked INTEGER NOT NULL,
    password TEXT NOT NULL,
    profile TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS users_email ON users (email);
`

/** Opens a connection with people in SQLite, who log in with user name or e-mail address. */
export const openDatabase = async (config: Database, hasher: PasswordHasher = scryptHasher): Promise<Connection> => {
  const database = await openSqlite(config.file ?? ":memory:")
  try {
    return await connect({ database, config, hasher })
  } catch (error) {
    database.close()
    throw error
  }
}

const connect = async ({ database, config, hasher }: Seed): Promise<Connection> => {
  database.exec(SCHEMA)
  await addUsers({ database, config, hasher })
  const nobody = await hasher.hash(randomBytes(16).toString("base64url"))
  const byLogin = database.prepare("SELECT * FROM users WHERE login = ? OR email = ? ORDER BY login = ? DESC LIMIT 1")
  const byId = database.prepare("SELECT * FROM users WHERE id = ?")
  const toAccount = (row: Row): Account => {
    const { claims = {}, ...profile } = JSON.parse(row.profile) as Profile & { readonly claims?: OwnClaims }
    return { sub: `${config.strategy}|${row.id}`, connection: config.name, blocked: row.blocked === 1, profile, claims }
  }

  return {
    name: config.name,
    strategy: config.strategy,
    disabled: config.disabled,
    identify: async (username, password) => {
      const login = loginOf(username)
      const row = byLogin.get(login, login, login) as Row | undefined
      return {
        person: row?.id,
        authenticate: async () => {
          // An unknown name costs a scrypt too: the answer's time must not tell who exists.
          const right = await hasher.verify(password, row?.password ?? nobody)
          if (row === undefined || !right) throw new LoginError("InvalidCredentials")
          return toAccount(row)
        },
      }
    },
    find: async (id) => {
      const row = byId.get(id) as Row | undefined
      return row === undefined ? undefined : toAccount(row)
    },
    close: async () => database.close(),
  }
}

interface Row {
  readonly id: string
  readonly blocked: number
  readonly password: string
  readonly profile: string
}

interface Seed {
  readonly database: DatabaseSync
  readonly config: Database
  readonly hasher: PasswordHasher
}

const addUsers = async ({ database, config, hasher }: Seed): Promise<void> => {
  const known = database.prepare("SELECT 1 FROM users WHERE login = ?")
  const add = database.prepare(
    "INSERT INTO users (id, login, email, blocked, password, profile) VALUES (?, ?, ?, ?, ?, ?)",
  )
  const missing = config.users.filter((user) => known.get(loginOf(user.username)) === undefined)
  const hashes = await Promise.all(missing.map((user) => hasher.hash(user.password)))
  for (const [index, user] of missing.entries()) {
    const email = user.email === undefined ? null : loginOf(user.email)
    const id = user.id ?? stableId(config.name, user.username)
    const profile = JSON.stringify({ ...toProfile(user), claims: user.claims })
    add.run(id, loginOf(user.username), email, user.blocked === true ? 1 : 0, hashes[index] ?? "", profile)
  }
}

const loginOf = (username: string): string => username.trim().toLowerCase()

// The same person keeps the same subject when a database in memory is filled again.
const stableId = (connection: string, username: string): string =>
  createHash("sha256")
    .update(`${connection}\n${loginOf(username)}`)
    .digest("hex")
    .slice(0, 24)

const toProfile = (user: UserConfig): Profile => ({
  username: user.username,
  nickname: user.nickname ?? user.username,
  ...(user.name === undefined ? {} : { name: user.name }),
  ...(user.givenName === undefined ? {} : { given_name: user.givenName }),
  ...(user.familyName === undefined ? {} : { family_name: user.familyName }),
  ...(user.email === undefined ? {} : { email: user.email, email_verified: user.emailVerified === true }),
})
