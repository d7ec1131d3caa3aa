import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { whyUnreachable } from "#unreachable"
import { HttpError, type HttpReason } from "../errors/http-error.ts"
import { type JsonObject, parseJsonObject } from "../model/json.ts"
import { printable } from "../model/printable.ts"
import { inSpan } from "../telemetry/telemetry.ts"
import { type Bounds, readBounded } from "./body.ts"
import { ServerTime } from "./learned-clock.ts"
import { promiseWithin } from "./promise-within.ts"
import { checkUrl, withoutQuery } from "./url.ts"

/** Options of `httpLayer`. */
export interface HttpOptions {
  /** @default globalThis.fetch, looked up at each request */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** For a whole answer of an authorization server: milliseconds, or such as `"5 seconds"`. @default 10 seconds */
  readonly timeout?: Duration.Input | undefined
  /** Until an API's response begins, unless the request streams. @default 1 minute */
  readonly apiTimeout?: Duration.Input | undefined
  /** Maximum size of an authorization server's answer, in bytes. @default 524288 */
  readonly maxBytes?: number | undefined
  /** Allows `http:` beyond loopback, where anybody on the network path can read the tokens. @default false */
  readonly allowInsecureRequests?: boolean | undefined
}

/**
 * Sends a request to an authorization server and reads the whole answer, by the rules of `boundedDecoder`. Rejects with
 * the platform's error, and when the signal is aborted.
 */
export type Exchange = (url: string, init: AskInit, reading: Reading) => Promise<ExchangedAnswer>

/** A request to an authorization server. */
export interface AskInit {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** How an answer is read: its bounds, and the signal that ends it. */
export interface Reading extends Bounds {
  readonly signal: AbortSignal
}

/** What an `Exchange` knows of an answer. */
export type ExchangedAnswer = Pick<Answer, "body" | "headers" | "status">

/** A whole answer of an authorization server. */
export interface Answer {
  /** The URL without query, safe to print. */
  readonly url: string
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

/** The part of `Headers` that is read. */
export type AnswerHeaders = Pick<Headers, "get" | "has">

/** The one HTTP service: https (or loopback) only, always a timeout, redirects refused, answers bounded. */
export class Http
  extends /*#__PURE__*/ Context.Service<
    Http,
    {
      /** Sends a request to an authorization server and reads the whole answer, whatever its status. */
      readonly ask: (url: string, init?: AskInit) => Effect.Effect<Answer, HttpError>
      /** Calls an API; the response body is not read. */
      readonly call: (url: string, init?: RequestInit) => Effect.Effect<Response, HttpError>
    }
  >()("@bearerkit/core/Http") {}

/** The HTTP service over `fetch`. */
export const httpLayer = (options: HttpOptions = {}): Layer.Layer<Http> => Layer.succeed(Http, makeHttp(options))

/** Parses the answer as a JSON object, whatever its media type. */
export const jsonOf = (answer: Answer): Effect.Effect<JsonObject, HttpError> => {
  const json = parseJsonObject(answer.body)
  if (Result.isSuccess(json)) return Effect.succeed(json.success)
  const problem = describeOther(answer, json.failure.problem)
  return Effect.fail(failed({ _tag: "MalformedResponse", url: answer.url, problem }))
}

/** The service over a `fetch`, or over another `Exchange` of the platform. */
export const makeHttp = (options: HttpOptions, exchange: Exchange = byFetch(options.fetch)): Http["Service"] => {
  const { maxBytes = 512 * 1024, allowInsecureRequests = false } = options
  const timeout = Duration.fromInputUnsafe(options.timeout ?? 10_000)
  const apiTimeout = Duration.fromInputUnsafe(options.apiTimeout ?? 60_000)

  const request = <A>(url: string, limit: Duration.Duration, send: (signal: AbortSignal) => Promise<A>) =>
    Effect.suspend((): Effect.Effect<A, HttpError> => {
      const problem = checkUrl(url, allowInsecureRequests)
      if (problem !== undefined) return Effect.fail(failed({ _tag: "InvalidOptions", ...problem }))
      const late = () => failed({ _tag: "TimedOut", url: withoutQuery(url), after: limit })
      return Effect.mapError(promiseWithin(limit, send, late), (cause) => asHttp(cause, url))
    })

  return {
    ask: (address, init = {}) => {
      const url = withoutQuery(address)
      const answered = request(address, timeout, (signal) => exchange(address, init, { url, maxBytes, signal }))
      return inSpan(received(url, answered), {
        name: "http.request",
        attributes: { method: init.method ?? "GET", url },
        outcome: ({ status }) => ({ status }),
      })
    },
    call: (url, init = {}) =>
      request(
        url,
        // a stream may take as long as its sender likes
        init.body instanceof ReadableStream ? Duration.infinity : apiTimeout,
        async (ours) => {
          const signal = init.signal ? AbortSignal.any([ours, init.signal]) : ours
          return (options.fetch ?? globalThis.fetch)(url, { ...init, signal })
        },
      ),
  }
}

const received = Effect.fnUntraced(function* (url: string, answered: Effect.Effect<ExchangedAnswer, HttpError>) {
  const heard = (yield* ServerTime)()
  const answer = yield* answered
  const date = Date.parse(answer.headers.get("date") ?? "")
  // a cached answer repeats its old date
  if (date > 0 && !answer.headers.has("age")) heard(date)
  return { ...answer, url, receivedAt: yield* Clock.currentTimeMillis }
})

/** An exchange by `fetch`, which every platform has. */
export const byFetch =
  (fetch: HttpOptions["fetch"]): Exchange =>
  async (url, init, reading) => {
    const ours: RequestInit = { redirect: "manual", credentials: "omit", cache: "no-store", signal: reading.signal }
    const response = await (fetch ?? globalThis.fetch)(url, { ...init, ...ours } as RequestInit)
    const { status, headers } = response
    return { status, headers, body: await readBounded(response, reading) }
  }

const failed = (reason: HttpReason): HttpError => new HttpError({ reason })

const asHttp = (cause: unknown, url: string): HttpError =>
  cause instanceof HttpError ? cause : failed({ _tag: "Unreachable", url: withoutQuery(url), ...whyUnreachable(cause) })

const describeOther = (answer: Answer, problem: string): string => {
  const [type] = (answer.headers.get("content-type") ?? "").split(";", 1)
  return `status ${answer.status}, and the body ${problem}${type ? ` but ${printable(type.trim(), 60)}` : ""}`
}
