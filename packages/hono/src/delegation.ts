import {
  type BearerError,
  type FetchInput,
  type ForwardedHeadersOptions,
  safeHook,
  type OnBehalfOf,
  type OnBehalfOfConfig,
  startDelegator,
  type TargetInput,
  makeWarn,
} from "@bearerkit/core"
import type { Context, Handler } from "hono"
import { routePath } from "hono/route"
import { answer } from "./answer.ts"
import { callerOf, tokenWanted } from "./guard.ts"
import { subjectIfAny, subjectOf } from "./subject.ts"
import { sharesPromises } from "#runtime"

/** Options of `delegation`. */
export interface DelegationOptions extends OnBehalfOfConfig {
  /**
   * Called for every request that is not forwarded, with the exact reason, which the response does not show; not
   * awaited.
   *
   * @default warns of 5xx responses, and of tokens that the issuer does not trade
   */
  readonly onError?: ((error: BearerError, c: Context) => Promise<void> | void) | undefined
}

/** Calls other APIs on behalf of the caller of `bearerAuth`, or of the session's person. */
export interface HonoDelegation extends AsyncDisposable {
  /**
   * A token for the target: traded once for concurrent requests, cached while the caller's token is valid. Rejects with
   * a `BearerError`.
   */
  readonly onBehalfOf: (c: Context, target: TargetInput) => Promise<OnBehalfOf>
  /** `fetch` with such a token, for the origins in `apis` only. */
  readonly fetchOnBehalfOf: (c: Context, input: FetchInput, init?: RequestInit) => Promise<Response>
  /**
   * A handler that forwards the rest of the path of its route, such as `/api/*`, with such a token. The caller's
   * cookies and authorization are not forwarded; bodies are streamed both ways.
   */
  readonly forwardTo: (upstream: string, target: TargetInput, options?: ForwardedHeadersOptions) => Handler
  /** Closes connections and interrupts what is under way. */
  readonly close: () => Promise<void>
}

/**
 * Calls APIs on behalf of others. Invalid options throw a `BearerError` here.
 *
 * @example
 * const { onBehalfOf, forwardTo } = delegation({ issuer, clientId, clientAuth })
 * app.all("/orders/*", login.requireLogin(), forwardTo("https://orders.example/api", { audience: "https://orders.example" }))
 *
 * @see RFC 8693
 */
export const delegation = (options: DelegationOptions): HonoDelegation => {
  const delegator = startDelegator({ ...options, sharesPromises })
  const warn = makeWarn(options)
  const told = options.onError && safeHook(options.onError, warn, options.waitUntil)
  return {
    onBehalfOf: (c, target) => delegator.onBehalfOf(subjectOf(c), target, { signal: c.req.raw.signal }),
    fetchOnBehalfOf: async (c, input, init) => delegator.fetchOnBehalfOf(subjectOf(c), input, init),
    forwardTo: (upstream, target, choice) => {
      const forward = delegator.forwardTo(upstream, target, choice)
      return async (c) => {
        const { method, headers, body, signal, url } = c.req.raw
        const { pathname, search } = new URL(url)
        const path = behind(routePath(c), pathname)
        const subject = subjectIfAny(c)
        const wanted = subject === undefined ? tokenWanted(c) : undefined
        if (wanted !== undefined) return wanted
        const forwarded = await forward(subject, { method, path, search, headers, body, signal })
        if (forwarded instanceof Response) return forwarded
        const { error, status } = forwarded
        if (error !== undefined && told !== undefined) void told(error, c)
        else if (error !== undefined && (status >= 500 || error.code === "invalid_grant")) warn(error.message)
        return (status === 401 && callerOf(c) && tokenWanted(c)) || answer(forwarded)
      }
    },
    close: delegator.close,
    [Symbol.asyncDispose]: delegator.close,
  }
}

/** The part of a path that matches the asterisk of its route. */
const behind = (route: string, pathname: string): string => {
  const depth = route.replace(/\/?\*$/, "").split("/").length
  return `/${pathname.split("/").slice(depth).join("/")}`
}
