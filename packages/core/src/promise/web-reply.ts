import { loginRequired } from "../errors/acquire-error.ts"
import { retryAfterOf } from "../http/retry-after.ts"
import type { Redirect, WebRequest } from "../session/web-request.ts"
import { problemOf } from "../session/problem-of.ts"
import { type Problem, problemPage } from "../session/problem-page.ts"
import { type BearerError, type StageError, toBearerError } from "./bearer-error.ts"

/** What a framework is to answer. */
export interface Reply {
  readonly status: number
  readonly headers: ReadonlyArray<Header>
  readonly body: string | null
  /** Why it is a refusal; not to be shown. */
  readonly error?: BearerError
  /** What a refusal tells, for an application with a page of its own. */
  readonly problem?: Problem
}

export type Header = readonly [name: string, value: string]

export interface Refused {
  readonly error: StageError
  /** What is told in the place of the error. */
  readonly told?: StageError | undefined
  /** Where a person can try again: a path. */
  readonly again?: string | undefined
  /** `Set-Cookie` lines. */
  readonly cookies?: ReadonlyArray<string>
}

/** Sends the browser on. What came with a POST is not sent along, and no address of ours is told. */
export const redirection = ({ location, cookies }: Redirect): Reply => ({
  status: 303,
  headers: [["location", location], notKept, noReferrer, ...setCookies(cookies)],
  body: null,
})

/** Tells why something did not happen, as a page or as a problem document. */
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

/** Tells that somebody has to sign in: who is nobody so far, or whom the issuer does not know any more. */
export const loginRefusal = (request: Pick<WebRequest, "headers">, error?: StageError): Reply => {
  const told = loginRequired("nobody is signed in")
  return refusal(request, { error: error ?? told, told })
}

/** The method is another one than what is here answers to (RFC 9110 §15.5.6). */
export const onlyBy = (method: string): Reply => ({ status: 405, headers: [["allow", method], notKept], body: null })

/** An answer without anything in it. */
export const done: Reply = { status: 200, headers: [["cache-control", "no-store"]], body: null }

/** What an answer with these cookies needs: nobody on the way keeps it for another person. */
export const cookieHeaders = (cookies: ReadonlyArray<string>): ReadonlyArray<Header> =>
  cookies.length === 0 ? [] : [notKept, ...setCookies(cookies)]

/** RFC 9110 §15.5.2 wants one; no scheme is registered for cookies, and browsers pass over those that they do not know. */
const challenges = ({ status }: Problem): ReadonlyArray<Header> =>
  status === 401 ? [["www-authenticate", "Cookie"]] : []

/** RFC 9110 §10.2.3; what somebody asks us to wait is what our callers should. */
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
