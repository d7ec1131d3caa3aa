import { BearerError, type Claims, type Credential, type LoginOptions, type Target } from "@bearerkit/browser"
import type { RouteMeta } from "vue-router"
import type { Auth } from "./auth.ts"

/** What a route demands beyond that somebody is signed in. */
export interface Demand {
  readonly scopes: ReadonlyArray<string>
  /** One of these, if there are any. */
  readonly acr: ReadonlyArray<string>
}

export const demandOf = ({ scope, acr }: RouteMeta): Demand => ({ scopes: words(scope), acr: words(acr) })

export type Demanded = Pick<Auth, "credential" | "state"> & {
  readonly options: { readonly target?: Target | undefined }
}

/** Whether the login is one that the route wants. */
export const isMet = async (auth: Demanded, { scopes, acr }: Demand): Promise<boolean> => {
  if (acr.length > 0 && !acr.includes(acrOf(auth.state.value.claims))) return false
  const missing = ({ scopes: granted }: Credential): boolean => !scopes.every((scope) => granted.includes(scope))
  if (scopes.length === 0 || !missing(await auth.credential())) return true
  try {
    return !missing(await auth.credential(widened(auth, scopes)))
  } catch (error) {
    // another login can give what this one cannot; a network that is lost is no reason for one
    if (error instanceof BearerError && !error.retryable) return false
    throw error
  }
}

/** The login that meets it, told so to whom the person comes back. */
export const loginFor = (auth: Demanded, demand: Demand): LoginOptions => ({
  ...(demand.scopes.length > 0 && { target: widened(auth, demand.scopes) }),
  ...(demand.acr.length > 0 && { acrValues: demand.acr }),
  resume: { demanded: demand },
})

/** Whether the person has just come back from the login for it. */
export const wasDemanded = (resume: unknown, demand: Demand): boolean =>
  JSON.stringify((Object(resume) as { readonly demanded?: unknown }).demanded) === JSON.stringify(demand)

export const unmet = ({ scopes, acr }: Demand): BearerError =>
  new BearerError(
    "insufficient_scope",
    `The login does not have what the page demands: ${[...scopes, ...acr].join(" ")}.`,
    {
      fix: "Have the issuer grant it to this person.",
    },
  )

const words = (text = ""): ReadonlyArray<string> => text.split(" ").filter(Boolean)

const acrOf = (claims: Claims | undefined): string => String(claims?.["acr"] ?? "")

const widened = ({ options: { target = {} } }: Demanded, scopes: ReadonlyArray<string>): Target => {
  const own = [target.scope ?? "openid"].flat().flatMap((scope) => words(scope))
  return { ...target, scope: [...own, ...scopes] }
}
