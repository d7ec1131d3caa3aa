import { ownPath } from "./return-to.ts"
import type { WebLoginPlan } from "./web-login-plan.ts"
import { isNavigation, originalOf, type WebRequest } from "./web-request.ts"

/** Where a page request is redirected to sign in; `undefined` for a script, which cannot follow. */
export const loginFor = ({ paths, origin }: WebLoginPlan, request: WebRequest): string | undefined => {
  if (!isNavigation(request)) return undefined
  const returnTo = ownPath(originalOf(request), origin) ?? "/"
  return `${paths.login}?${new URLSearchParams({ returnTo }).toString()}`
}

/** Whether signing in again may help; right after a login it would send the browser round in circles. */
export const mayLogInAgain = ({ startedAt }: { readonly startedAt: number }, now: number): boolean =>
  Math.abs(now - startedAt) > 60_000
