import { ownPath } from "./return-to.ts"
import type { WebLoginPlan } from "./web-login-plan.ts"
import { isNavigation, originalOf, type WebRequest } from "./web-request.ts"

/** Where a browser that wants a page is sent to sign in; nothing for a script, which cannot follow there. */
export const loginFor = ({ paths, origin }: WebLoginPlan, request: WebRequest): string | undefined => {
  if (!isNavigation(request)) return undefined
  const returnTo = ownPath(originalOf(request), origin) ?? "/"
  return `${paths.login}?${new URLSearchParams({ returnTo }).toString()}`
}

/** Whether signing in again may bring what a session does not have; else a browser would be sent round in circles. */
export const mayLogInAgain = ({ startedAt }: { readonly startedAt: number }, now: number): boolean =>
  Math.abs(now - startedAt) > 60_000
