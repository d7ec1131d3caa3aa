import { cookiePairs } from "../protocol/cookie-pairs.ts"

/** The cookies of a request; a repeated name, which only another site or a bug can cause, counts as absent. */
export type Cookies = ReadonlyMap<string, string>

/** Parses a `Cookie` header. */
export const parseCookies = (header: string | null | undefined): Cookies => {
  const cookies = new Map<string, string>()
  const repeated = new Set<string>()
  for (const [name, value] of cookiePairs(header)) {
    if (cookies.has(name)) repeated.add(name)
    cookies.set(name, value)
  }
  for (const name of repeated) cookies.delete(name)
  return cookies
}

/**
 * A `Set-Cookie` line for a cookie that no script can read, no other host can set and no foreign form sends.
 *
 * @param name begins with `__Host-`
 * @param maxAge seconds; 0 removes the cookie
 * @see RFC 6265 §4.1, RFC 6265bis §4.1.3.2
 */
export const setCookie = (name: string, value: string, maxAge: number): string =>
  `${name}=${value}; Path=/; Max-Age=${Math.max(0, Math.floor(maxAge))}; Secure; HttpOnly; SameSite=Lax`

export const removeCookie = (name: string): string => setCookie(name, "", 0)

/** Whether text is valid in a cookie's name after `__Host-`. */
export const isCookieName = (name: string): boolean => /^[\w-]{1,64}$/.test(name)
