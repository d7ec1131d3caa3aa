import type { Invalid } from "../model/invalid.ts"
import { printable } from "../model/printable.ts"

/** Why a URL may not be requested: not https (nor loopback), or with a user name in it. */
export const checkUrl = (text: string, allowInsecure: boolean): Invalid | undefined => {
  const field = `URL ${printable(withoutQuery(text), 100)}`
  if (!URL.canParse(text)) return { field, problem: "is not an absolute URL" }
  const url = new URL(text)
  if (url.username !== "" || url.password !== "") return { field, problem: "must not contain a user name or password" }
  if (url.protocol === "https:") return undefined
  if (url.protocol !== "http:") return { field, problem: "must begin with https:" }
  if (allowInsecure || isLoopback(url.hostname)) return undefined
  return { field, problem: "must begin with https: (allowInsecureRequests lifts this for test networks)" }
}

/** The part of a URL that may be printed. */
export const withoutQuery = (url: string): string => {
  if (!URL.canParse(url)) return url.split(/[?#]/, 1)[0] ?? ""
  const { origin, protocol, host, pathname } = new URL(url)
  return `${origin === "null" ? `${protocol}//${host}` : origin}${pathname}`
}

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname)
