import { type Arrival, BearerError, isHeld } from "@bearerkit/browser"
import type { NavigationGuardReturn, RouteLocationNormalized } from "vue-router"
import type { Auth, Refused } from "./auth.ts"
import { type Demanded, demandOf, isMet, loginFor, unmet, wasDemanded } from "./demand.ts"

export interface AuthGuardOptions {
  /**
   * The path of the router that is shown when somebody cannot go on, to everybody; `useAuth().refused` says why. @default
   * the navigation fails with the error
   */
  readonly errorRoute?: string
  /** As `createWebHistory` was given it. @default "" */
  readonly base?: string
}

type Guarded = Demanded &
  Pick<Auth, "login" | "ready" | "refused"> & { readonly options: { readonly redirectUri: string } }

/**
 * Lets only people who are signed in go on, for `router.beforeEach` or one route's `beforeEnter`; routes with
 * `meta: { auth: false }` are for everybody. Others are sent to the issuer, and come back to where they were going.
 */
export const authGuard = (auth: Guarded, { errorRoute, base = "" }: AuthGuardOptions = {}) => {
  /** Whether the page is still on its way to what it arrived for. */
  let arriving = true

  const refuse = (refused: Refused): string => {
    arriving = false
    auth.refused.value = refused
    if (errorRoute === undefined) throw refused.error
    return errorRoute
  }

  /** Where a page with an answer of the issuer goes first. */
  const landing = ({ callback, error, returnTo = "/" }: Arrival, to: RouteLocationNormalized) => {
    const target = returnTo.startsWith(base) ? returnTo.slice(base.length) || "/" : "/"
    if (callback === "failed" && error !== undefined) return refuse({ error, target })
    return callback === "none" || target === to.fullPath ? undefined : target
  }

  /** Whether somebody goes on, or why not; or they have been sent to the issuer. */
  const check = async (to: RouteLocationNormalized, { resume }: Arrival): Promise<BearerError | boolean> => {
    const demand = demandOf(to.meta)
    if (isHeld(auth.state.value.status) && (await isMet(auth, demand))) {
      arriving = false
      return true
    }
    // the login for this has just been: another would lead in a circle
    if (arriving && wasDemanded(resume, demand)) return unmet(demand)
    await auth.login({ ...loginFor(auth, demand), returnTo: base + to.fullPath })
    return false
  }

  return async (to: RouteLocationNormalized): Promise<NavigationGuardReturn> => {
    const arrival = await auth.ready
    const isCallback = base + to.path === new URL(auth.options.redirectUri).pathname
    const elsewhere = arriving && isCallback ? landing(arrival, to) : undefined
    if (elsewhere !== undefined) return elsewhere
    if (to.meta.auth === false || to.path === errorRoute) return true
    auth.refused.value = undefined
    const outcome = await check(to, arrival).catch(ours)
    return outcome instanceof BearerError ? refuse({ error: outcome, target: to.fullPath }) : outcome
  }
}

const ours = (error: unknown): BearerError => {
  if (error instanceof BearerError) return error
  throw error
}
