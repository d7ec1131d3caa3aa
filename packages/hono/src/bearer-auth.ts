import {
  after,
  type AuthorizeOptions,
  type Authorizer,
  type Claims,
  type Later,
  type NetworkOptions,
  type Principal,
  type Refusal,
  startAuthorizer,
} from "@bearerkit/core"
import * as Result from "effect/Result"
import type { Context, MiddlewareHandler } from "hono"
import { setGuard } from "./guard.ts"
import { refused } from "./refused.ts"
import { type OptionsOf, startedOnce } from "./started-once.ts"
import { flights } from "#runtime"

export type BearerAuthOptions<C = Claims> = AuthorizeOptions<C> &
  Omit<NetworkOptions, "now" | "sharesPromises"> & {
    /** Epoch milliseconds. @default Date.now */
    readonly now?: (() => number) | undefined
    /** Told of each request that is refused, with the exact reason, which the answer does not have. */
    readonly onRefused?: ((refusal: Refusal, c: Context) => void) | undefined
  }

type Variables = Readonly<Record<string, string>>

type Anonymous = { readonly optional: true }

/** Lets in whom the options describe; `c.var.auth` is the principal. */
export type BearerAuth<A> = MiddlewareHandler<{ Variables: { readonly auth: A } }>

/**
 * Lets in requests with a good access token and refuses the others with a challenge. Options that are wrong throw a
 * `BearerError` here, and nothing is requested before the first token. Options may be a function of the bindings: it is
 * called once for each `env`. Where that is new for each request, as on Node, it returns the same object each time.
 *
 * @example
 * const app = new Hono()
 *   .use("/orders/*", bearerAuth({ issuer: "https://issuer.example", audience: "https://orders.example" }))
 *   .get("/orders/mine", (c) => c.json(ordersOf(c.var.auth.subject)))
 *
 * @see RFC 6750, RFC 9068 §4
 */
export function bearerAuth<C = Claims, Bindings extends object = Variables>(
  options: (BearerAuthOptions<C> & Anonymous) | OptionsOf<BearerAuthOptions<C> & Anonymous, Bindings>,
): BearerAuth<Principal<C> | undefined>
export function bearerAuth<C = Claims, Bindings extends object = Variables>(
  options: BearerAuthOptions<C> | OptionsOf<BearerAuthOptions<C>, Bindings>,
): BearerAuth<Principal<C>>
export function bearerAuth<C, Bindings extends object>(
  options: BearerAuthOptions<C> | OptionsOf<BearerAuthOptions<C>, Bindings>,
): MiddlewareHandler {
  const startedFor = typeof options === "function" ? startedOnce(options, start<C>) : always(start(options))
  return (c, next) => {
    const { started, onRefused } = startedFor(c)
    const refuse = (refusal: Refusal): Response => {
      onRefused?.(refusal, c)
      return refused(c, refusal)
    }
    const judge = ({ authorize, demand }: Authorizer<C>): Later<Response | void> =>
      after(authorize(c.req.raw), (authorized): Later<Response | void> => {
        if (Result.isFailure(authorized)) return refuse(authorized.failure)
        const caller = authorized.success
        c.set("auth", caller?.principal)
        setGuard(c, { caller, refuse, demand })
        return next()
      })
    // Most requests are decided at once, and promises that nobody needs would cost them more than that.
    return Promise.resolve(after(started, judge))
  }
}

interface Started<C> {
  readonly started: Later<Authorizer<C>>
  readonly onRefused: BearerAuthOptions<C>["onRefused"]
}

const start = <C>(options: BearerAuthOptions<C>): Started<C> => {
  const started = startAuthorizer(options, { ...options, flights })
  return { started, onRefused: options.onRefused }
}

const always =
  <C>(started: Started<C>) =>
  (): Started<C> =>
    started
