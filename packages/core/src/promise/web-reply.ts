import { loginRequired } from "../errors/acquire-error.ts"
import { retryAfterOf } from "../http/retry-after.ts"
import type { Redirect, WebRequest } from "../session/web-request.ts"
import { problemOf } from "../session/problem-of.ts"
import { type Problem, problemPage } from "../session/problem-page.ts"
import { type BearerError, type StageError, toBearerError } from "./bearer-error.ts"

/** A response for the framework to send. */
export interface Reply {
  readonly status: number
  readonly headers: ReadonlyArray<Header>
  readonly body: string | null
  /** The error behind a refusal; not to be shown. */
  readonly error?: BearerError
  /** The public part of a refusal, for an application with its own error page. */
  readonly problem?: Problem
}

/** Name and value of a response header. */
export type Header = readonly [name: string, value: string]

export interface Refused {
  readonly error: StageError
  /** The error to show instead of `error`. */
  readonly told?: StageError | undefined
  /** The path where a person can try again. */
  readonly again?: string | undefined
  /** `Set-Cookie` lines. */
  readonly cookies?: ReadonlyArray<string>
}

/** Redirects the browser as a GET, without a referrer. */
export const redirection = ({ location, cookies }: Redirect): Reply => ({
  status: 303,
  headers: [["location", location], notKept, noReferrer, ...setCookies(cookies)],
  body: null,
})

/** Answers with an error page or a problem document. */
export const refusal = ({ headers }: Pick<WebRequest, "headers">, refused: Refused): Reply => {
  const { error, told = error, again, cookies = [] } = refused
  const problem = problemOf(told.explanation, again)
  const { contentType, body } = problemPage(problem, headers.get("accept"))
  return {
    status: problem.status,
    headers: [
      ["content-type", contentType],
      ...challenges(problem),
      ...pauses(problem, retryAfterOf(error)),
      notKept,
      noReferrer,
      ...page,
      ...setCookies(cookies),
    ],
    body,
    error: toBearerError(error),
    problem,
  }
}

/** Answers that the person has to sign in, for the first time or again. */
export const loginRefusal = (request: Pick<WebRequest, "headers">, error?: StageError): Reply => {
  const told = loginRequired("nobody is signed in")
  return refusal(request, { error: error ?? told, told })
}

/** Answers that the method is not allowed (RFC 9110 §15.5.6). */
export const onlyBy = (method: string): Reply => ({ status: 405, headers: [["allow", method], notKept], body: null })

/** An empty success. */
export const done: Reply = { status: 200, headers: [["cache-control", "no-store"]], body: null }

/** The headers of a response with these cookies, which no cache may store. */
export const cookieHeaders = (cookies: ReadonlyArray<string>): ReadonlyArray<Header> =>
  cookies.length === 0 ? [] : [notKept, ...setCookies(cookies)]

/** RFC 9110 §15.5.2 requires a challenge; no scheme is registered for cookies, and browsers ignore unknown ones. */
const challenges = ({ status }: Problem): ReadonlyArray<Header> =>
  status === 401 ? [["www-authenticate", "Cookie"]] : []

/** RFC 9110 §10.2.3: our callers should wait as long as we are asked to. */
const pauses = ({ status }: Problem, millis: number): ReadonlyArray<Header> =>
  status === 503 && millis > 0 ? [["retry-after", String(Math.ceil(millis / 1000))]] : []

const notKept: Header = ["cache-control", "private, no-store"]
const noReferrer: Header = ["referrer-policy", "no-referrer"]
const page: ReadonlyArray<Header> = [
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["x-content-type-options", "nosniff"],
]

const setCookies = (cookies: ReadonlyArray<string>): ReadonlyArray<Header> =>
  cookies.map((line) => ["set-cookie", line] as const)
