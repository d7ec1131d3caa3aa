import * as Effect from "effect/Effect"
import { CallError, type CallReason } from "../errors/call-error.ts"
import { Http } from "../http/client.ts"
import { withoutQuery } from "../http/url.ts"
import type { Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { ProvenRequest } from "../protocol/dpop.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import { authorizationHeader } from "./authorization-header.ts"

/**
 * Sends a request with a token, and with a proof if it is bound (RFC 9449 §7.1). A redirect, which could carry the
 * token elsewhere, is refused unless `init` allows it. Resending with the API's nonce is separate from the retry with a
 * new token.
 */
export type Send = (url: URL, init: RequestInit, token: Token) => Effect.Effect<Response, CallError>

export const makeSend: (holder: Pick<Client, "dpop">) => Effect.Effect<Send, never, Http> = Effect.fnUntraced(
  function* ({ dpop }) {
    const http = yield* Http
    const telemetry = yield* Telemetry

    const attempt = Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
      const headers = new Headers(init.headers)
      headers.set("authorization", yield* Effect.fromResult(authorizationHeader(token)))
      const isBound = token.type === "DPoP"
      if (isBound) {
        const request = { method: methodOf(init), url: url.href, accessToken: token.value }
        headers.set("dpop", yield* proofFor(dpop, request))
      }
      const redirect = init.redirect ?? "manual"
      const sent = { ...init, headers, redirect }
      const answer = Effect.mapError(http.call(url.href, sent), (error) =>
        error.reason._tag === "Unreachable" && !isRequest(url, sent) ? notTaken : asCall(error),
      )
      const response = yield* telemetry.span(answer, {
        name: "api.call",
        attributes: { method: init.method ?? "GET", origin: url.origin },
        outcome: ({ status }) => ({ status }),
      })
      if (redirect === "manual" && isRedirect(response)) {
        yield* discard(response)
        return yield* failed({ _tag: "RedirectRefused", url: withoutQuery(url.href) })
      }
      // after a redirect the response is another server's
      const demanded = !response.redirected && dpop?.learn(url.href, response) === true
      return { response, again: demanded && isBound }
    })

    return Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
      const { response, again } = yield* attempt(url, init, token)
      if (!again || !isReplayable(init.body)) return response
      yield* discard(response)
      telemetry.count("dpop_nonce_retry", { origin: url.origin })
      return (yield* attempt(url, init, token)).response
    })
  },
)

const proofFor = (dpop: Client["dpop"], request: ProvenRequest): Effect.Effect<string, CallError> =>
  dpop === undefined
    ? failed({ _tag: "InvalidOptions", field: "dpop", problem: "is missing: the token is bound to a key" })
    : Effect.mapError(dpop.proof(request), asCall)

/** As `fetch` sends it. */
const methodOf = ({ method = "GET" }: RequestInit): string =>
  /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method

/** A body that is consumed while it is sent, such as a stream or an iterator, cannot be sent again. */
export const isReplayable = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  typeof body === "string" ||
  ArrayBuffer.isView(body) ||
  [ArrayBuffer, Blob, FormData, URLSearchParams].some((type) => body instanceof type)

/** Browsers hide the status of an unfollowed redirect. */
const isRedirect = ({ type, status }: Response): boolean =>
  type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(status)

/** Frees the connection of a response that nobody will read. */
export const discard = (response: Response): Effect.Effect<void> =>
  Effect.promise(async () => response.body?.cancel().catch(() => undefined))

/** `fetch` throws the same for a call that it does not take as for a lost network; a `Request` throws for the one alone. */
const isRequest = (url: URL, { body = null, ...init }: RequestInit): boolean => {
  try {
    // what was sent is read already
    const again = Symbol.asyncIterator in Object(body) ? new ReadableStream() : body
    return Boolean(new Request(url, { ...init, body: again }))
  } catch {
    return false
  }
}

const asCall = ({ reason }: { readonly reason: CallReason }): CallError => new CallError({ reason })

const notTaken = /*#__PURE__*/ asCall({
  reason: { _tag: "InvalidOptions", field: "init", problem: "is not what fetch takes, such as a GET with a body" },
})

/** A call that could not be made. */
export const failed = (reason: CallReason): Effect.Effect<never, CallError> => Effect.fail(new CallError({ reason }))
