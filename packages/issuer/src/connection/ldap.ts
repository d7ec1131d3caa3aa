import { Buffer } from "node:buffer"

import { EqualityFilter, type Entry, OrFilter } from "ldapts"

import type { Ldap } from "../config/connection.ts"
import type { Account, Connection, Profile } from "./connection.ts"
import { type LdapClient, withClient } from "./ldap-client.ts"
import { filterFor } from "./ldap-filter.ts"
import { guidToText, textToGuid } from "./ldap-id.ts"
import { LoginError } from "./login-error.ts"

/** A connection to an LDAP or Active Directory server: the service account searches, the person binds. */
export const openLdap = (config: Ldap): Connection => ({
  name: config.name,
  strategy: config.strategy,
  disabled: config.disabled,
  identify: async (username, password) => {
    // An empty password would be an unauthenticated bind, which succeeds (RFC 4513 §5.1.2).
    if (!isUsable(username) || !isUsable(password)) throw new LoginError("InvalidCredentials", "empty or NUL")
    const entry = await search(config, filterFor(config.filter, username))
    return {
      person: entry?.dn,
      authenticate: async () => {
        // A name that nobody has costs a bind too: the answer's time must not tell who exists.
        await bindAs(config, entry?.dn ?? `cn=nobody,${config.base}`, password)
        if (entry === undefined) throw new LoginError("InvalidCredentials")
        return toAccount(config, entry)
      },
    }
  },
  find: async (id) => {
    const entry = await search(config, idFilter(id))
    return entry === undefined ? undefined : toAccount(config, entry)
  },
  close: async () => {},
})

const NAMES = ["uid", "sAMAccountName", "cn", "displayName", "givenName", "sn", "mail"]
const ATTRIBUTES = [...NAMES, "entryUUID", "objectGUID", "userAccountControl"]

// The flag ACCOUNTDISABLE of Active Directory's userAccountControl.
const AD_DISABLED = 2

const isUsable = (text: unknown): text is string => typeof text === "string" && text !== "" && !text.includes("\0")

type Filter = string | OrFilter

// A person's own connection is never used to search: what the person may see is not what the service may.
const search = (config: Ldap, filter: Filter): Promise<Entry | undefined> =>
  withClient(config, async ({ client, step }: LdapClient) => {
    await step("service bind", () => client.bind(config.bindDn, config.bindPassword))
    const found = await step("search", () =>
      client.search(config.base, {
        scope: "sub",
        filter,
        attributes: ATTRIBUTES,
        explicitBufferAttributes: ["objectGUID"],
        sizeLimit: 2,
        timeLimit: config.timeouts.search,
      }),
    )
    if (found.searchEntries.length > 1) throw new LoginError("AmbiguousUser", "the filter finds more than one entry")
    return found.searchEntries[0]
  })

const bindAs = (config: Ldap, dn: string, password: string): Promise<void> =>
  withClient(config, async ({ client, step }: LdapClient) => {
    if (dn === "") throw new LoginError("DirectoryMisconfigured", "search: the entry has no DN")
    await step("user bind", () => client.bind(dn, password))
  })

const idFilter = (id: string): OrFilter => {
  const guid = textToGuid(id)
  const filters = [new EqualityFilter({ attribute: "entryUUID", value: id })]
  if (guid !== undefined) filters.push(new EqualityFilter({ attribute: "objectGUID", value: guid }))
  return new OrFilter({ filters })
}

const toAccount = (config: Ldap, entry: Entry): Account => ({
  sub: `${config.strategy}|${idOf(entry)}`,
  connection: config.name,
  blocked: (Number(text(entry, "userAccountControl") ?? 0) & AD_DISABLED) !== 0,
  profile: toProfile(entry),
})

// Names and DNs change hands; these ids do not.
const idOf = (entry: Entry): string => {
  const uuid = text(entry, "entryUUID")
  if (uuid !== undefined) return uuid
  const guid = [entry["objectGUID"]].flat()[0]
  if (Buffer.isBuffer(guid) && guid.length > 0) return guidToText(guid)
  throw new LoginError("DirectoryMisconfigured", "search: the entry has neither entryUUID nor objectGUID")
}

const toProfile = (entry: Entry): Profile => {
  const username = text(entry, "uid") ?? text(entry, "sAMAccountName") ?? text(entry, "cn") ?? ""
  return {
    username,
    nickname: username,
    ...member("name", text(entry, "displayName") ?? text(entry, "cn")),
    ...member("given_name", text(entry, "givenName")),
    ...member("family_name", text(entry, "sn")),
    ...member("email", text(entry, "mail")),
  }
}

const member = (name: keyof Profile, value: string | undefined): Partial<Profile> =>
  value === undefined ? {} : { [name]: value }

const text = (entry: Entry, name: string): string | undefined => {
  const [value] = [entry[name]].flat()
  return typeof value === "string" && value !== "" ? value : undefined
}
