export { authGuard, type AuthGuardOptions } from "./auth-guard.ts"
import "vue-router"

declare module "vue-router" {
  interface RouteMeta {
    /** Whether the route is for people who are signed in. @default as the guard's `routes` says */
    readonly auth?: boolean
    /** Scopes that a person's token must have, separated by spaces. */
    readonly scope?: string
    /** How the person must have signed in, the best first, separated by spaces. */
    readonly acr?: string
  }
}
