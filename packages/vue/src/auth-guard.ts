import { type Arrival, BearerError, isHeld } from "@bearerkit/browser"
import type { NavigationGuardReturn, RouteLocation, RouteLocationNormalized } from "vue-router"
import type { Auth, Refused } from "./auth.ts"
import { type Demanded, demandOf, isMet, loginFor, unmet, wasDemanded } from "./demand.ts"

/** Options of `authGuard`. */
export interface AuthGuardOptions {
  /**
   * The path of the route to show, to everybody, if a navigation is refused; `useAuth().refused` says why.
   *
   * @default the navigation fails with the error
   */
  readonly errorRoute?: string | undefined
  /** The base of `createWebHistory`; for `createWebHashHistory` the page's path and `#`, such as `/#`. @default "" */
  readonly base?: string | undefined
  /**
   * The guarded routes: `all` but those with `meta: { auth: false }`, or only those `marked` with
   * `meta: { auth: true }`.
   *
   * @default all
   */
  readonly routes?: "all" | "marked" | undefined
}

type Guarded = Demanded &
  Pick<Auth, "login" | "ready" | "refused"> & { readonly options: { readonly redirectUri: string } }

/**
 * A guard for `router.beforeEach`: it lets only signed-in people through. Others are sent to the issuer and come back
 * to their route. On a server it lets everybody through, as it is not known there who is signed in.
 */
export const authGuard = (auth: Guarded, { errorRoute, base = "", routes = "all" }: AuthGuardOptions = {}) => {
  const root = bare(base)
  /** Where a router begins at the address that people come back to. */
  const callback = root.includes("#") ? root : bare(new URL(auth.options.redirectUri).pathname)
  const errorPath = errorRoute?.replace(/[?#].*/, "")
  /** Whether nothing has been made yet of what the page arrived with. */
  let arriving = true
  /** Whether nobody has been let on, or refused, since then. */
  let returning = true
  /** The navigation that was refused last, which the router names on the way to the error route. */
  let refusedFrom: RouteLocation | undefined

  const refuse = (to: RouteLocationNormalized, refused: Refused): string => {
    returning = false
    refusedFrom = to.redirectedFrom ?? to
    auth.refused.value = refused
    if (errorRoute === undefined) throw refused.error
    return errorRoute
  }

  /** Where a page that has arrived with an answer of the issuer goes first. */
  const landing = ({ callback: outcome, error, returnTo = "/" }: Arrival, to: RouteLocationNormalized) => {
    const target = pathIn(root, returnTo)
    if (outcome === "failed" && error !== undefined) return refuse(to, { error, target })
    const isElsewhere = outcome !== "none" && target !== to.fullPath && bare(root + to.path) === callback
    return isElsewhere ? target : undefined
  }

  /** Whether somebody goes on, or why not; or they have been sent to the issuer. */
  const check = async (to: RouteLocationNormalized, { resume }: Arrival): Promise<BearerError | boolean> => {
    const demand = demandOf(to.meta)
    if (isHeld(auth.state.value.status) && (await isMet(auth, demand))) {
      returning = false
      return true
    }
    // the login for this has just been: another would lead in a circle
    if (returning && wasDemanded(resume, demand)) return unmet(demand)
    await auth.login({ ...loginFor(auth, demand), returnTo: root + to.fullPath })
    return false
  }

  return async (to: RouteLocationNormalized): Promise<NavigationGuardReturn> => {
    const arrival = await auth.ready
    // without a page it never is
    if (!auth.state.value.ready) return true
    const elsewhere = arriving ? landing(arrival, to) : undefined
    arriving = false
    if (elsewhere !== undefined) return elsewhere
    const { auth: isGuarded = routes === "all" } = to.meta
    const isRefusal = to.path === errorPath || (refusedFrom !== undefined && to.redirectedFrom === refusedFrom)
    if (!isGuarded || isRefusal) return true
    auth.refused.value = undefined
    const outcome = await check(to, arrival).catch(ours)
    return outcome instanceof BearerError ? refuse(to, { error: outcome, target: to.fullPath }) : outcome
  }
}

const bare = (path: string): string => path.replace(/\/+$/, "")

/** The path of a router under this root that an address names; the first one for any other address. */
const pathIn = (root: string, address: string): string => {
  const path = address.startsWith(root) ? address.slice(root.length) : ""
  if (path.startsWith("/")) return path
  return /^[?#]/.test(path) ? `/${path}` : "/"
}

const ours = (error: unknown): BearerError => {
  if (error instanceof BearerError) return error
  throw error
}
