import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { HttpError, type HttpReason } from "../errors/http-error.ts"
import { type JsonObject, parseJsonObject } from "../model/json.ts"
import { printable } from "../model/printable.ts"
import { inSpan } from "../telemetry/telemetry.ts"
import { readBounded } from "./body.ts"
import { ServerTime } from "./learned-clock.ts"
import { promiseWithin } from "./promise-within.ts"
import { checkUrl, withoutQuery } from "./url.ts"

export interface HttpOptions {
  /** @default globalThis.fetch, looked up at each request */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** For a whole answer of an authorization server: milliseconds, or such as `"5 seconds"`. @default 10 seconds */
  readonly timeout?: Duration.Input | undefined
  /** Until an API's answer begins, unless a stream is sent. @default 1 minute */
  readonly apiTimeout?: Duration.Input | undefined
  /** Bytes of an authorization server's answer. @default 524288 */
  readonly maxBytes?: number | undefined
  /** Allows `http:` beyond loopback, where anybody on the way reads the tokens. @default false */
  readonly allowInsecureRequests?: boolean | undefined
}

/** A whole answer of an authorization server. */
export interface Answer {
  /** The URL without query, safe to print. */
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

/** The one HTTP service: https (or loopback), a timeout always, redirects refused, answers bounded. */
export class Http
  extends /*#__PURE__*/ Context.Service<
    Http,
    {
      /** Asks an authorization server and reads the whole answer; any status is an answer. */
      readonly ask: (url: string, init?: RequestInit) => Effect.Effect<Answer, HttpError>
      /** Calls an API; the body is left to be streamed. */
      readonly call: (url: string, init?: RequestInit) => Effect.Effect<Response, HttpError>
    }
  >()("@bearerkit/core/Http") {}

export const httpLayer = (options: HttpOptions = {}): Layer.Layer<Http> => Layer.succeed(Http, makeHttp(options))

/** The answer as a JSON object, whatever its media type. */
export const jsonOf = (answer: Answer): Effect.Effect<JsonObject, HttpError> => {
  const json = parseJsonObject(answer.body)
  if (Result.isSuccess(json)) return Effect.succeed(json.success)
  return fail({ _tag: "MalformedResponse", url: answer.url, problem: describeOther(answer, json.failure.problem) })
}

/** The service over any `fetch`, for a layer of another kind. */
export const makeHttp = (options: HttpOptions): Http["Service"] => {
  const timeout = Duration.fromInputUnsafe(options.timeout ?? 10_000)
  const apiTimeout = Duration.fromInputUnsafe(options.apiTimeout ?? 60_000)
  const maxBytes = options.maxBytes ?? 512 * 1024

  const request = <A>(
    url: string,
    init: RequestInit,
    { use, limit }: { use: (response: Response) => A | PromiseLike<A>; limit: Duration.Duration },
  ) =>
    Effect.suspend((): Effect.Effect<A, HttpError> => {
      const problem = checkUrl(url, options.allowInsecureRequests ?? false)
      if (problem !== undefined) return fail({ _tag: "InvalidOptions", ...problem })
      const send = async (signal: AbortSignal): Promise<A> => {
        const fetch = options.fetch ?? globalThis.fetch
        return use(await fetch(url, { ...init, signal: joined(signal, init.signal) }))
      }
      const late = () => new HttpError({ reason: { _tag: "TimedOut", url: withoutQuery(url), after: limit } })
      return Effect.mapError(promiseWithin(limit, send, late), (cause) =>
        cause instanceof HttpError ? cause : unreachable(url, cause),
      )
    })

  return {
    ask: (address, init = {}) => {
      const url = withoutQuery(address)
      const read = async (response: Response) => ({
        url,
        status: response.status,
        headers: response.headers,
        body: await readBounded(response, maxBytes, url),
      })
      const ours: RequestInit = { ...init, redirect: "manual", credentials: "omit", cache: "no-store" }
      const asked = request(address, ours, { use: read, limit: timeout })
      return inSpan(received(asked), {
        name: "http.request",
        attributes: { method: init.method ?? "GET", url },
        outcome: ({ status }) => ({ status }),
      })
    },
    call: (url, init = {}) =>
      request(url, init, {
        use: (response) => response,
        // how long a stream is sent is its sender's business
        limit: init.body instanceof ReadableStream ? Duration.infinity : apiTimeout,
      }),
  }
}

/** An answer and when it came, of which the clock learns. */
const received = /*#__PURE__*/ Effect.fnUntraced(function* (
  asked: Effect.Effect<Omit<Answer, "receivedAt">, HttpError>,
) {
  const heard = (yield* ServerTime)()
  const answer = yield* asked
  const date = Date.parse(answer.headers.get("date") ?? "")
  // a proxy that answers from its store repeats the date of then
  if (!Number.isNaN(date) && !answer.headers.has("age")) heard(date)
  return { ...answer, receivedAt: yield* Clock.currentTimeMillis }
})

const fail = (reason: HttpReason): Effect.Effect<never, HttpError> => Effect.fail(new HttpError({ reason }))

const joined = (ours: AbortSignal, theirs: AbortSignal | null | undefined): AbortSignal =>
  theirs ? AbortSignal.any([ours, theirs]) : ours

const unreachable = (url: string, cause: unknown): HttpError => {
  const detail = systemCode(cause)
  return new HttpError({
    reason: { _tag: "Unreachable", url: withoutQuery(url), ...(detail !== undefined && { detail }) },
  })
}

/** Node's fetch hides the system's code in `cause`, and in `errors` when it tried several addresses. */
const systemCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  if ("code" in error && typeof error.code === "string") return error.code
  if (error instanceof AggregateError) return systemCode(error.errors[0])
  return error.cause instanceof Error ? (systemCode(error.cause) ?? printable(error.cause.message, 80)) : undefined
}

const describeOther = (answer: Answer, problem: string): string => {
  const type = answer.headers.get("content-type")?.split(";")[0]?.trim()
  return `status ${answer.status}, and the body ${problem}${type ? ` but ${type.slice(0, 60)}` : ""}`
}
