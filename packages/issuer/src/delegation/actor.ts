import type { Client } from "../config/client.ts"
import { DelegationRefused } from "./refused.ts"

/** Who acts now, and before (RFC 8693 §4.1): only identities, the current actor outermost. */
export interface Act {
  readonly sub: string
  readonly iss?: string
  readonly act?: Act
}

const MAX_READ = 100

/** The `act` of a token, reduced to identities; refuses any other shape. */
export const readAct = (value: unknown): Act | undefined => {
  const actors: Array<Act> = []
  for (let act = value; act !== undefined; act = act["act"]) {
    if (!isIdentity(act) || actors.length === MAX_READ) {
      throw new DelegationRefused("bad_subject_token", "the subject token has an act claim that is not as it must be")
    }
    actors.push(identityOf(act))
  }
  return actors.reduceRight<Act | undefined>((previous, actor) => withPrevious(actor, previous), undefined)
}

/** The next link of the chain. */
export const nextAct = (actor: string, previous: Act | undefined): Act => withPrevious({ sub: actor }, previous)

/** The chain of these names, the current actor first; `undefined` without any. */
export const actOf = (actors: ReadonlyArray<string>): Act | undefined =>
  actors.reduceRight<Act | undefined>((previous, actor) => nextAct(actor, previous), undefined)

/** The names in a chain, the current actor first. */
export const actorsOf = (act: Act | undefined): ReadonlyArray<string> =>
  act === undefined ? [] : [act.sub, ...actorsOf(act.act)]

/** Refuses an actor whom the subject token's `may_act` does not name (RFC 8693 §4.4). */
export const assertMayAct = (mayAct: unknown, actor: Act & { readonly iss: string }): void => {
  if (mayAct === undefined) return
  const named = isIdentity(mayAct) && mayAct.sub === actor.sub && (mayAct.iss ?? actor.iss) === actor.iss
  if (!named) throw new DelegationRefused("actor_not_allowed", "may_act of the subject token names another actor")
}

/** The `may_act` of the tokens of a client. */
export const mayActOf = (client: Client | undefined): Identity | undefined =>
  client?.mayAct === undefined ? undefined : { sub: client.mayAct }

interface Identity {
  readonly sub: string
  readonly iss?: string
  readonly [member: string]: unknown
}

const isIdentity = (value: unknown): value is Identity => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const { sub, iss } = value as Record<string, unknown>
  return typeof sub === "string" && sub !== "" && (iss === undefined || typeof iss === "string")
}

const identityOf = ({ sub, iss }: Identity): Act => ({ sub, ...(iss === undefined ? {} : { iss }) })

const withPrevious = (actor: Act, previous: Act | undefined): Act => ({
  ...actor,
  ...(previous === undefined ? {} : { act: previous }),
})
