import type { Invalid } from "../model/invalid.ts"
import { printable } from "../model/printable.ts"

/** Why a URL may not be requested: neither https nor loopback, or with a user name in it. */
export const checkUrl = (text: string, allowInsecure: boolean): UrlProblem | undefined => {
  const refused = (problem: string, fix?: string): UrlProblem => ({
    field: "url",
    problem: `${problem}: ${printable(withoutQuery(text), 100) || "it is empty"}`,
    ...(fix !== undefined && { fix }),
  })
  const url = URL.parse(text)
  if (url === null) return refused("is not an absolute URL", "Begin it with https://.")
  if (url.username !== "" || url.password !== "") return refused("must not contain a user name or password")
  if (url.protocol === "https:") return undefined
  if (url.protocol !== "http:") return refused("must be an https URL")
  if (allowInsecure || isLoopback(url.hostname)) return undefined
  return refused("must be an https URL", "Use https; for a test network there is allowInsecureRequests.")
}

export interface UrlProblem extends Invalid {
  readonly fix?: string
}

/** The part of a URL that is safe to print. */
export const withoutQuery = (text: string): string => {
  const url = URL.parse(text)
  if (url === null) return text.split(/[?#]/, 1)[0] ?? ""
  return `${url.protocol}//${url.host}${url.pathname}`
}

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname)
