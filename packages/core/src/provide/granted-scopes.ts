import * as Result from "effect/Result"
import type { Warning } from "../acquire/flow.ts"
import { scopesOf } from "../model/claims.ts"
import { putNewest } from "../model/put-newest.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"

/** Told of each token that was got for a target. */
export type CheckScopes = (target: TargetInput, token: Pick<Token, "scopes">) => void

/**
 * Tells, once of each target, of scopes that were asked for and not granted. An issuer that does not say what it granted
 * has granted all of it.
 *
 * @param tell what it throws is dropped: there is a token all the same
 * @see RFC 6749 §3.3, §5.1
 */
export const makeScopeCheck = (tell: (warning: Warning) => void): CheckScopes => {
  const told = new Map<string, true>()
  return (input, { scopes }) => {
    const missing = notGranted(scopesOf({ scope: input.scope ?? [] }), scopes)
    const target = missing.length === 0 ? undefined : Result.getOrUndefined(parseTarget(input))
    if (target === undefined) return
    const key = JSON.stringify(target)
    if (told.has(key)) return
    putNewest(told, [key, true], capacity)
    try {
      tell(fewerScopes(target, missing))
    } catch {
      // whoever is told must not change what happens
    }
  }
}

/** Targets that are remembered. */
const capacity = 1000

const notGranted = (asked: ReadonlyArray<string>, granted: ReadonlyArray<string>): ReadonlyArray<string> =>
  asked.filter((scope) => !granted.some((each) => isOrHas(each, scope)) && !isNoPermission.test(scope)).toSorted()

/** Some servers part the scopes of their answers by commas. */
const isOrHas = (granted: string, scope: string): boolean => granted === scope || granted.split(",").includes(scope)

/** What a login brings shows by itself, and many servers do not repeat it; `.default` stands for other scopes (Entra). */
const isNoPermission = /^(?:openid|profile|email|address|phone|offline_access)$|\/\.default$/

const fewerScopes = ({ audiences, resources }: Target, missing: ReadonlyArray<string>): Warning => {
  const api = [...audiences, ...resources].join(" and ")
  const where = api === "" ? "" : ` for ${api}`
  return {
    name: "fewer-scopes",
    message: `The issuer did not grant ${missing.join(" ")}${where}: check that this client, or the person, may have it.`,
  }
}
