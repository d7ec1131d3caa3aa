import type { CheckedConfig } from "../config/check.ts"
import type { Client } from "../config/client.ts"
import { type Act, actorsOf, assertMayAct, mayActOf, nextAct, readAct } from "./actor.ts"
import { EXCHANGED_FROM, type IssuedToken, stepClaims } from "./issued-token.ts"
import { DelegationRefused } from "./refused.ts"
import type { Step } from "./scope.ts"

/** What an access token says about its delegation, and what only the audit does. */
export interface Chain {
  readonly claims: Readonly<Record<string, unknown>>
  /** The current actor first. */
  readonly actors: ReadonlyArray<string>
  readonly impersonation: boolean
  readonly steps: ReadonlyArray<Step>
}

interface Link {
  readonly caller: Client
  readonly subject: IssuedToken
  readonly actor: IssuedToken | undefined
  readonly impersonation: boolean
}

interface Rules {
  readonly issuer: string
  readonly config: CheckedConfig
}

/** Adds one exchange to the chain that the subject token comes with; an actor token is never left out. */
export const makeChain = ({ issuer, config }: Rules, { caller, subject, actor, ...asked }: Link): Chain => {
  const name = actor?.subject ?? caller.id
  assertMayAct(subject.mayAct, { sub: name, iss: issuer })
  // An ID token bears no may_act; what its client is configured with holds all the same.
  assertMayAct(mayActOf(config.clients.get(subject.audience ?? "")), { sub: name, iss: issuer })
  const act = nextAct(name, readAct(subject.act))
  const steps = [{ audience: subject.audience, scopes: subject.scopes }, ...subject.exchangedFrom]
  assertDepth(config, Math.max(steps.length, actorsOf(act).length))
  const impersonation = actor === undefined && asked.impersonation
  return { claims: claimsOf(impersonation ? undefined : act, steps), actors: actorsOf(act), impersonation, steps }
}

/** Refuses a chain of delegations that is longer than configured. */
export const assertDepth = ({ maxDelegationDepth }: CheckedConfig, depth: number): void => {
  if (depth <= maxDelegationDepth) return
  throw new DelegationRefused("too_deep", `the delegation is too deep; maxDelegationDepth is ${maxDelegationDepth}`)
}

const claimsOf = (act: Act | undefined, steps: ReadonlyArray<Step>): Readonly<Record<string, unknown>> => ({
  ...(act === undefined ? {} : { act }),
  [EXCHANGED_FROM]: stepClaims(steps),
})
