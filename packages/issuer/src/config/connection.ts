import { type OwnClaims, readClaims } from "./claims.ts"
import type { Section } from "./section.ts"

/** Where people log in. */
export type ConnectionConfig = DatabaseConnectionConfig | LdapConnectionConfig

/** People kept by the issuer itself, in SQLite. */
export interface DatabaseConnectionConfig {
  readonly name: string
  readonly strategy: "database"
  /** The path of the database file. @default in memory */
  readonly file?: string
  /** People to add at start unless they are there already. */
  readonly users?: ReadonlyArray<UserConfig>
  readonly disabled?: boolean
}

/** A person of a database connection. */
export interface UserConfig {
  readonly username: string
  readonly password: string
  /** The part of `sub` after the strategy. @default made from the names of the connection and the user */
  readonly id?: string
  readonly email?: string
  readonly emailVerified?: boolean
  readonly name?: string
  readonly nickname?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly blocked?: boolean
  /** Additional claims about this person in access tokens, ID tokens (with `openid`) and userinfo. */
  readonly claims?: OwnClaims
}

/** An LDAP or Active Directory server: search with the service account, then bind as the person. */
export interface LdapConnectionConfig {
  readonly name: string
  readonly strategy: "ldap"
  /** `ldap://host:389` or `ldaps://host:636`. */
  readonly url: string
  /** Upgrade an `ldap://` connection before the first bind; a refusal is a failure. @default false */
  readonly startTls?: boolean
  /** The certificate of the trusted authority, as PEM. @default those of Node */
  readonly ca?: string
  readonly bindDn: string
  readonly bindPassword: string
  readonly base: string
  /** `{0}` stands for the escaped user name. @default "(uid={0})" */
  readonly filter?: string
  /** Seconds; each is 5 by default. */
  readonly timeouts?: { readonly connect?: number; readonly bind?: number; readonly search?: number }
  readonly disabled?: boolean
}

/** A connection with a validated configuration. */
export type CheckedConnection = Database | Ldap

export interface Database {
  readonly name: string
  readonly strategy: "database"
  readonly disabled: boolean
  readonly file: string | undefined
  readonly users: ReadonlyArray<UserConfig>
}

export interface Ldap {
  readonly name: string
  readonly strategy: "ldap"
  readonly disabled: boolean
  readonly url: string
  readonly startTls: boolean
  readonly ca: string | undefined
  readonly bindDn: string
  readonly bindPassword: string
  readonly base: string
  readonly filter: string
  readonly timeouts: { readonly connect: number; readonly bind: number; readonly search: number }
}

const DATABASE_FIELDS = ["name", "strategy", "file", "users", "disabled"]
const LDAP_FIELDS = [
  "name",
  "strategy",
  "url",
  "startTls",
  "ca",
  "bindDn",
  "bindPassword",
  "base",
  "filter",
  "timeouts",
  "disabled",
]
const TEXT_FIELDS = ["id", "email", "name", "nickname", "givenName", "familyName"] as const
const USER_FIELDS = ["username", "password", "emailVerified", "blocked", "claims", ...TEXT_FIELDS]

export const CONNECTION_FIELDS = [...new Set([...DATABASE_FIELDS, ...LDAP_FIELDS])]

export const readConnection = (section: Section): CheckedConnection => {
  const strategy = section.choice("strategy", ["database", "ldap"])
  if (strategy === undefined) return section.fail("strategy", "is missing; give database or ldap")
  const known = strategy === "database" ? DATABASE_FIELDS : LDAP_FIELDS
  for (const field of CONNECTION_FIELDS) {
    if (!known.includes(field) && section.optional(field) !== undefined) {
      section.fail(field, `is not a field of a ${strategy} connection; known are ${known.join(", ")}`)
    }
  }
  return strategy === "database" ? readDatabase(section) : readLdap(section)
}

const readDatabase = (section: Section): Database => ({
  name: section.text("name"),
  strategy: "database",
  disabled: section.flag("disabled"),
  file: section.optionalText("file"),
  users: readUsers(section),
})

const readUsers = (section: Section): ReadonlyArray<UserConfig> => {
  const seen = new Set<string>()
  return section.sections("users", USER_FIELDS).map((user) => {
    const username = user.text("username")
    const key = username.trim().toLowerCase()
    if (seen.has(key)) user.fail("username", "is there twice; user names ignore case")
    seen.add(key)
    return readUser(user)
  })
}

const readUser = (user: Section): UserConfig => {
  const texts = TEXT_FIELDS.flatMap((name) => {
    const value = user.optionalText(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    username: user.text("username"),
    password: user.text("password"),
    emailVerified: user.flag("emailVerified"),
    blocked: user.flag("blocked"),
    claims: readClaims(user),
    ...Object.fromEntries(texts),
  }
}

/** Refuses an id that two people share, even in different connections: tokens identify them by nothing else. */
export const checkIds = (connections: ReadonlyArray<Section>): void => {
  const seen = new Set<string>()
  for (const user of connections.flatMap((connection) => connection.sections("users", USER_FIELDS))) {
    const id = user.optionalText("id")
    if (id === undefined) continue
    if (seen.has(id)) user.fail("id", `is there twice; two people would have the subject database|${id}`)
    seen.add(id)
  }
}

const readLdap = (section: Section): Ldap => {
  const url = section.text("url")
  const startTls = section.flag("startTls")
  const filter = section.optionalText("filter") ?? "(uid={0})"
  if (!/^ldaps?:\/\/[^/]+\/?$/.test(url) || !URL.canParse(url)) {
    section.fail("url", "must be ldap://host:port or ldaps://host:port")
  }
  if (startTls && url.startsWith("ldaps:"))
    section.fail("startTls", "is for ldap:// only; ldaps:// is encrypted already")
  if (!filter.includes("{0}")) section.fail("filter", "must have {0} where the user name goes, as in (uid={0})")
  return {
    name: section.text("name"),
    strategy: "ldap",
    disabled: section.flag("disabled"),
    url,
    startTls,
    ca: readCa(section),
    bindDn: section.text("bindDn"),
    bindPassword: section.text("bindPassword"),
    base: section.text("base"),
    filter,
    timeouts: readTimeouts(section),
  }
}

const readCa = (section: Section): string | undefined => {
  const ca = section.optionalText("ca")
  if (ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----")) {
    section.fail("ca", "must be a certificate as PEM (-----BEGIN CERTIFICATE-----)")
  }
  return ca
}

const readTimeouts = (section: Section): Ldap["timeouts"] => {
  const none = section.optional("timeouts") === undefined
  if (none) return { connect: 5, bind: 5, search: 5 }
  const timeouts = section.section("timeouts", ["connect", "bind", "search"])
  return {
    connect: timeouts.seconds("connect", 5),
    bind: timeouts.seconds("bind", 5),
    search: timeouts.seconds("search", 5),
  }
}
