import * as Redacted from "effect/Redacted"
import type { Claims } from "../model/claims.ts"
import { type User, userOf } from "../model/user.ts"
import { usableUntil } from "../provide/freshness.ts"
import type { SessionRecord } from "./session-record.ts"
import { own } from "../model/json.ts"

/** A session as a request sees it. */
export interface SessionView {
  readonly record: SessionRecord
  /** The key of the target that the person signed in for. */
  readonly targetKey: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** A signed-in person. Printing it, or writing it as JSON, shows no token. */
export class Session {
  readonly user: User
  /** The checked claims of the ID token. */
  readonly claims: Claims
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** When it ends at the latest, in epoch milliseconds. */
  readonly endsAt: number
  readonly #record: SessionRecord
  readonly #accessToken: string | undefined

  constructor({ record, targetKey, now }: SessionView) {
    this.user = userOf(record.claims)
    this.claims = record.claims
    this.startedAt = record.startedAt
    this.endsAt = record.endsAt
    this.#record = record
    const set = record.login.sets.get(targetKey)
    this.#accessToken = set !== undefined && usableUntil(set) > now ? Redacted.value(set.accessToken) : undefined
  }

  /** The newest ID token, raw. */
  get idToken(): string | undefined {
    const { idToken } = this.#record.login
    return idToken && Redacted.value(idToken)
  }

  /** The access token for the target that the person signed in for, raw, unless it has expired. */
  get accessToken(): string | undefined {
    return this.#accessToken
  }

  /** Looks up `id_token`, `access_token`, or a claim, as text. */
  find(name: string): string | undefined {
    if (name === "id_token") return this.idToken
    if (name === "access_token") return this.accessToken
    const claim = own(this.claims, name)
    return ["string", "number", "boolean"].includes(typeof claim) ? String(claim) : undefined
  }
}
