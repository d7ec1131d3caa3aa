/** What a run does. Milliseconds. */
export interface Plan {
  /** Decides every random choice; what the machine makes of their order it does not decide. */
  readonly seed: number
  readonly sessions: number
  /** How long everything goes wrong. */
  readonly storm: number
  /** Counted from the start, when it should be over: on a slow machine the storm is shorter, by two thirds at most. */
  readonly end: number
  /** Between two kills of a process, half as much to either side. */
  readonly killEvery: number
  readonly stall: number
  /** When a lock's holder that does not move counts as dead. */
  readonly deadAfter: number
  /** Visits at the same time. */
  readonly visitors: number
  /** Sessions that go on are visited once more at the end: so many of them. */
  readonly proofs: number
}

export const processes = 4

/** Sessions of one person; a store sessions keeps a hundred. */
export const sessionsPerPerson = 100

/** How many in a thousand renewals go wrong in each way. */
export const faultRates = {
  /** 500 without asking the issuer. */
  error: 20,
  /** 429 with `Retry-After`, without asking the issuer. */
  busy: 10,
  /** The connection is reset before the issuer has seen the request. */
  resetBefore: 20,
  /** The connection is reset when the issuer has spent the token. */
  resetAfter: 10,
  /** The issuer gets the request late. */
  stallBefore: 5,
  /** The issuer's answer comes late. */
  stallAfter: 5,
} as const

export type Fault = keyof typeof faultRates

/** How many in a thousand logins an administrator ends at the issuer, soon after each of their renewals. */
export const revokedRate = 3

/** Seconds that an access token lasts: nearly every visit finds one that has ended. */
export const tokenLifetime = 2

export const audience = "https://orders.example"
export const site = "https://shop.example"
export const clientId = "shop"
