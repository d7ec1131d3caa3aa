import {
  after,
  type Authorized,
  type AuthorizeOptions,
  type Authorizer,
  type Claims,
  safeHook,
  isPromise,
  type MaybePromise,
  type NetworkOptions,
  outageOf,
  type Principal,
  type Refusal,
  startAuthorizer,
  type Warn,
  makeWarn,
} from "@bearerkit/core"
import * as Result from "effect/Result"
import type { Context, MiddlewareHandler, Next } from "hono"
import { keepPrivate } from "./answer.ts"
import { setGuard } from "./guard.ts"
import { refused } from "./refused.ts"
import { type OptionsOf, startedOnce } from "./started-once.ts"
import { flights } from "#runtime"

/** Options of `bearerAuth`. */
export type BearerAuthOptions<C = Claims> = AuthorizeOptions<C> &
  Omit<NetworkOptions, "now" | "sharesPromises"> & {
    /** Epoch milliseconds. @default Date.now */
    readonly now?: (() => number) | undefined
    /**
     * Called for each refused request with the exact reason, which the response does not show; not awaited.
     *
     * @default warns if tokens cannot be checked, which is not the caller's fault
     */
    readonly onRefused?: ((refusal: Refusal, c: Context) => Promise<void> | void) | undefined
  }

type Variables = Readonly<Record<string, string>>

type Anonymous = { readonly optional: true }

/** A middleware that sets `c.var.auth` to the principal. */
export type BearerAuth<A> = MiddlewareHandler<{ Variables: { readonly auth: A } }>

/**
 * Lets in requests with a valid access token and refuses the others with a challenge. Invalid options throw a
 * `BearerError` here; nothing is requested before the first token. Options may be a function of the bindings, which is
 * called once per `env`. If `env` is new for each request, as on Node, return the same object each time.
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
  if (typeof options !== "function") return start(options)
  const startedFor = startedOnce(options, start<C>)
  return (c, next) => startedFor(c)(c, next)
}

const start = <C>(options: BearerAuthOptions<C>): MiddlewareHandler =>
  whenStarted(after(startAuthorizer(options, { ...options, flights }), (authorizer) => guarding(authorizer, options)))

/** Once it has started, requests no longer wait for a promise. */
const whenStarted = (started: MaybePromise<MiddlewareHandler>): MiddlewareHandler => {
  if (!isPromise(started)) return started
  let ready: MiddlewareHandler | undefined
  const first: MiddlewareHandler = async (c, next) => (ready = await started)(c, next)
  return (c, next) => (ready ?? first)(c, next)
}

const guarding = <C>({ authorize, demand }: Authorizer<C>, options: BearerAuthOptions<C>): MiddlewareHandler => {
  const warn = makeWarn(options)
  const onRefused = safeHook(options.onRefused ?? toldOf(warn), warn, options.waitUntil)
  const refuseIn = (c: Context) => (refusal: Refusal) => {
    void onRefused(refusal, c)
    return refused(c, refusal)
  }
  const goOn = (authorized: Authorized<C>, c: Context, next: Next): Promise<Response | void> => {
    const refuse = refuseIn(c)
    if (Result.isFailure(authorized)) return Promise.resolve(refuse(authorized.failure))
    const caller = authorized.success
    c.set("auth", caller?.principal)
    setGuard(c, { caller, refuse, demand })
    return options.cookie ? next().then(() => keepPrivate(c)) : next()
  }
  return (c, next) => {
    const authorized = authorize(c.req.raw)
    // Most requests are decided synchronously, and needless promises would cost more than the decision.
    return isPromise(authorized)
      ? Promise.resolve(authorized).then((authorized) => goOn(authorized, c, next))
      : goOn(authorized, c, next)
  }
}

/** Without a hook. */
const toldOf =
  (warn: Warn) =>
  (refusal: Refusal): void => {
    const outage = outageOf(refusal)
    if (outage) warn(outage)
  }
