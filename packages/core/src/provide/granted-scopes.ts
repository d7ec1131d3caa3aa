import * as Result from "effect/Result"
import type { Warning } from "../acquire/flow.ts"
import { scopesOf } from "../model/claims.ts"
import { putNewest } from "../model/put-newest.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"

/** Called with each token obtained for a target. */
export type CheckScopes = (target: TargetInput, token: Pick<Token, "scopes">) => void

/**
 * Warns, once per target, about scopes that were requested but not granted. An issuer that does not list the granted
 * scopes has granted all of them.
 *
 * @param tell its exceptions are ignored: the token is valid all the same
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
      // a listener must not change the outcome
    }
  }
}

/** The maximum number of remembered targets. */
const capacity = 1000

const notGranted = (asked: ReadonlyArray<string>, granted: ReadonlyArray<string>): ReadonlyArray<string> =>
  asked.filter((scope) => !granted.some((each) => isOrHas(each, scope)) && !isNoPermission.test(scope)).toSorted()

/** Some servers separate scopes by commas. */
const isOrHas = (granted: string, scope: string): boolean => granted === scope || granted.split(",").includes(scope)

/**
 * The scopes of a login are visible in its result, and many servers do not repeat them; `.default` stands for other
 * scopes (Entra).
 */
const isNoPermission = /^(?:openid|profile|email|address|phone|offline_access)$|\/\.default$/

const fewerScopes = ({ audiences, resources }: Target, missing: ReadonlyArray<string>): Warning => {
  const api = [...audiences, ...resources].join(" and ")
  const where = api === "" ? "" : ` for ${api}`
  return {
    name: "fewer-scopes",
    message: `The issuer did not grant ${missing.join(" ")}${where}: check that this client, or the person, may have it.`,
  }
}
