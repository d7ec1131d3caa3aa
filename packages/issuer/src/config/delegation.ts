import type { Section } from "./section.ts"

/** Who may get tokens for a target on behalf of others. */
export interface DelegationConfig {
  /** The ids of the clients that may; an empty list means nobody. @default every client with the grant */
  readonly allowedCallers?: ReadonlyArray<string>
  /** Exchanged tokens have no `act`: the caller cannot be told from the person (RFC 8693 §1.1). @default false */
  readonly impersonation?: boolean
}

export interface Delegation {
  readonly allowedCallers: ReadonlySet<string> | undefined
  readonly impersonation: boolean
}

export const DELEGATION_FIELDS = ["allowedCallers", "impersonation"]

export const readDelegation = (section: Section): Delegation => ({
  allowedCallers:
    section.optional("allowedCallers") === undefined ? undefined : new Set(section.texts("allowedCallers")),
  impersonation: section.flag("impersonation"),
})

/** Refuses a list that names no client: it would be a silent refusal later. */
export const checkCallers = (section: Section, known: ReadonlySet<string>): void => {
  for (const [index, caller] of section.texts("allowedCallers").entries()) {
    if (!known.has(caller)) section.fail(`allowedCallers[${index}]`, "is not the id of a client")
  }
}
