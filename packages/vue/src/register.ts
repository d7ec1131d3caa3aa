import type { Claims } from "@bearerkit/browser"
import type { Auth } from "./auth.ts"

/**
 * Declares the login of an application, so that `useAuth` knows the type of its claims.
 *
 * @example
 * declare module "@bearerkit/vue" {
 *   interface Register { auth: typeof auth }
 * }
 */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface Register {}

/** The login that the application has registered. */
export type RegisteredAuth = Register extends { readonly auth: infer A extends Auth<never> | Auth<unknown> } ? A : Auth

/** The claims of a login. */
export type ClaimsOf<A> = A extends Auth<infer C> ? C : Claims
