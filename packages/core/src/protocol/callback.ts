import * as Redacted from "effect/Redacted"
import { printable } from "../model/printable.ts"

/** How the authorization response comes back (OAuth 2.0 Multiple Response Type Encoding §2.1, Form Post). */
export type ResponseMode = "form_post" | "fragment" | "query"

/** What came back: the whole URL, its query or hash alone, or the body of a posted form. */
export type CallbackInput = URL | URLSearchParams | string

/** A parsed callback. */
export type Callback = CallbackAnswer | CallbackDenial | MalformedCallback | NotOurs

/** The issuer returned a code or tokens. */
export interface CallbackAnswer extends CallbackOrigin {
  readonly _tag: "Answer"
  readonly code?: Redacted.Redacted<string>
  readonly idToken?: Redacted.Redacted<string>
  readonly accessToken?: Redacted.Redacted<string>
  readonly refreshToken?: Redacted.Redacted<string>
  readonly tokenType?: string
  readonly expiresIn?: string
  readonly scope?: string
}

/** The issuer, or the person, refused (RFC 6749 §4.1.2.1). */
export interface CallbackDenial extends CallbackOrigin {
  readonly _tag: "Denial"
  /** Made printable, like the description. */
  readonly error: string
  readonly description?: string
}

/** A response that must not be used. */
export interface MalformedCallback extends CallbackOrigin {
  readonly _tag: "Malformed"
  /** Completes "The authorization response …". */
  readonly problem: string
}

/** Not an authorization response: leave it alone. */
export interface NotOurs {
  readonly _tag: "NotOurs"
}

/** Where the response claims to come from; nothing of it is checked. */
export interface CallbackOrigin {
  /** Identifies the transaction it belongs to. */
  readonly state: string | undefined
  /** RFC 9207 §2 */
  readonly issuer: string | undefined
}

/**
 * Parses a callback. Every input has exactly one outcome, and none throws. An application's own `?code=` or hash is
 * `NotOurs`; a repeated parameter is refused, an empty one counts as absent (RFC 6749 §3.1).
 */
export const parseCallback = (input: CallbackInput, mode: ResponseMode): Callback => {
  const text = textOf(input, mode)
  const params = new URLSearchParams(text.slice(0, maxLength))
  if (!isAnswer(params)) return { _tag: "NotOurs" }
  const origin = { state: valueOf(params, "state"), issuer: valueOf(params, "iss") }
  const problem = problemOf(text, params)
  if (problem !== undefined) return { _tag: "Malformed", problem, ...origin }
  const error = valueOf(params, "error")
  return error === undefined ? answer(params, origin) : denial(params, error, origin)
}

/** Two tokens of the maximum length. */
const maxLength = 65_536

const textOf = (input: CallbackInput, mode: ResponseMode): string => {
  if (input instanceof URLSearchParams) return input.toString()
  if (typeof input !== "string") return part(input, mode)
  if (/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(input)) {
    const base = "http://relative.invalid"
    return URL.canParse(input, base) ? part(new URL(input, base), mode) : ""
  }
  // Some routers put a slash behind the hash.
  return input.replace(/^[?#]\/?\??/, "")
}

/** A URL holds no posted form. */
const part = (url: URL, mode: ResponseMode): string => {
  if (mode === "form_post") return ""
  return mode === "fragment" ? url.hash.replace(/^#\/?\??/, "") : url.search.slice(1)
}

const valueOf = (params: URLSearchParams, name: string): string | undefined => params.get(name) || undefined

/** A code alone may be a voucher, an error alone the application's own. */
const isAnswer = (params: URLSearchParams): boolean => {
  const has = (name: string) => params.getAll(name).some((value) => value !== "")
  if (has("id_token") || has("access_token")) return true
  if (has("code")) return has("state")
  return has("error") && (has("state") || has("error_description") || has("iss"))
}

const secretFields = { code: "code", idToken: "id_token", accessToken: "access_token", refreshToken: "refresh_token" }
const plainFields = { tokenType: "token_type", expiresIn: "expires_in", scope: "scope" }
const tokens = /*#__PURE__*/ Object.values(secretFields)
const names = [...tokens, "state", "iss", "error", "error_description", ...Object.values(plainFields)]

const problemOf = (text: string, params: URLSearchParams): string | undefined => {
  if (text.length > maxLength) return `is longer than ${maxLength} characters`
  const twice = names.find((name) => params.getAll(name).length > 1)
  if (twice !== undefined) return `has the parameter ${twice} twice`
  const unsafe = tokens.find((name) => !/^[\x21-\x7e]*$/.test(params.get(name) ?? ""))
  if (unsafe !== undefined) return `has a parameter ${unsafe} with characters that no token has`
  const both = valueOf(params, "error") !== undefined && tokens.some((name) => valueOf(params, name) !== undefined)
  return both ? "is an error and a success at once" : undefined
}

const denial = (params: URLSearchParams, error: string, origin: CallbackOrigin): CallbackDenial => {
  const description = valueOf(params, "error_description")
  return {
    _tag: "Denial",
    ...origin,
    error: printable(error, 100),
    ...(description !== undefined && { description: printable(description) }),
  }
}

const answer = (params: URLSearchParams, origin: CallbackOrigin): CallbackAnswer => ({
  _tag: "Answer",
  ...origin,
  ...membersOf(params, secretFields, Redacted.make),
  ...membersOf(params, plainFields, (value) => value),
})

/** The parameters that are present, under their field names. */
const membersOf = <Field extends string, A>(
  params: URLSearchParams,
  fields: Readonly<Record<Field, string>>,
  read: (value: string) => A,
): Partial<Record<Field, A>> => {
  const members: Partial<Record<Field, A>> = {}
  for (const field in fields) {
    const value = valueOf(params, fields[field])
    if (value !== undefined) members[field] = read(value)
  }
  return members
}
