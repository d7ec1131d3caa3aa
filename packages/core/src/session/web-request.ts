/** The parts of a request that are read, from any framework; a Fetch `Request` is one. */
export interface WebRequest {
  readonly method: string
  /** Absolute, or path and query; its host is never trusted. */
  readonly url: string
  readonly headers: { readonly get: (name: string) => string | null }
}

/** A redirect of the browser. */
export interface Redirect {
  readonly location: string
  /** `Set-Cookie` lines. */
  readonly cookies: ReadonlyArray<string>
}

/** The query of a request's address. */
export const queryOf = (request: WebRequest): URLSearchParams => addressOf(request).searchParams

/** The path of a request's address. */
export const pathOf = (request: WebRequest): string => addressOf(request).pathname

/** Path and query of a request's address. */
export const originalOf = (request: WebRequest): string => {
  const { pathname, search } = addressOf(request)
  return `${pathname}${search}`
}

/**
 * Whether a browser requests a page, rather than a script.
 *
 * @see Fetch Metadata Request Headers §2.2 (Sec-Fetch-Mode)
 */
export const isNavigation = ({ method, headers }: WebRequest): boolean => {
  if (method !== "GET" && method !== "HEAD") return false
  const mode = headers.get("sec-fetch-mode")
  return mode === null ? headers.get("accept")?.includes("text/html") === true : mode === "navigate"
}

const addressOf = ({ url }: WebRequest): URL => {
  const nowhere = "http://nowhere.invalid"
  const absolute = url.startsWith("/") ? `${nowhere}${url}` : url
  return URL.parse(absolute) ?? new URL(nowhere)
}
