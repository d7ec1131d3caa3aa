import type { OwnClaims } from "../config/claims.ts"

/** What the issuer knows about a person, in the words of OpenID Connect Core §5.1. */
export interface Profile {
  readonly username: string
  readonly name?: string
  readonly nickname?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly email?: string
  /** Only where somebody said so: a directory's address is never assumed to be verified. */
  readonly email_verified?: boolean
}

/** A person who can log in. */
export interface Account {
  /** `{strategy}|{id}`. */
  readonly sub: string
  readonly connection: string
  readonly blocked: boolean
  readonly profile: Profile
  /** Additional claims from the configuration of a database. */
  readonly claims?: OwnClaims
}

/** A person before the check of the password. */
export interface Candidate {
  /** The same for every spelling of a person's names; `undefined` if nobody is meant. */
  readonly person: string | undefined
  /** The person, if the password is right; rejects with a `LoginError`. */
  readonly authenticate: () => Promise<Account>
}

/** A directory of people: a database or an LDAP server. */
export interface Connection {
  readonly name: string
  readonly strategy: string
  readonly disabled: boolean
  /** Finds out who is meant, before the password is tried; rejects with a `LoginError`. */
  readonly identify: (username: string, password: string) => Promise<Candidate>
  /** The person with this id, the part of `sub` after the strategy. */
  readonly find: (id: string) => Promise<Account | undefined>
  readonly close: () => Promise<void>
}
