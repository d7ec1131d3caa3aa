export { authGuard, type AuthGuardOptions } from "./auth-guard.ts"
import "vue-router"

declare module "vue-router" {
  interface RouteMeta {
    /** Whether the route requires a login. @default by the guard's option `routes` */
    readonly auth?: boolean
    /** Scopes that the person's token must have, separated by spaces. */
    readonly scope?: string
    /** Values of `acr`, one of which the login must have: in order of preference, separated by spaces. */
    readonly acr?: string
  }
}
