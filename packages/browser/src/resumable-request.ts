/**
 * A request as it is kept during a login, with these headers only: `accept`, `accept-language`, `content-type` and
 * `idempotency-key`.
 */
export interface ResumableRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The request to keep; without its body, if that is not a string or has more than `room` characters. */
export const resumableOf = (
  url: string | URL,
  { method = "GET", headers, body }: RequestInit,
  room: number,
): ResumableRequest => {
  const kept: Record<string, string> = {}
  for (const [name, value] of new Headers(headers)) if (harmless.has(name)) kept[name] = value
  const request = { url: String(url), method, headers: kept }
  return typeof body === "string" && body.length <= room ? { ...request, body } : request
}

/** Parses a kept request; `undefined` if it is none. */
export const parseResumable = (value: unknown): ResumableRequest | undefined => {
  const { url, method, headers, body } = Object(value) as Readonly<Record<string, unknown>>
  if (typeof url !== "string" || typeof method !== "string") return undefined
  if (typeof headers !== "object" || headers === null) return undefined
  if (!Object.values(headers).every((value) => typeof value === "string")) return undefined
  const request = { url, method, headers: headers as Readonly<Record<string, string>> }
  return typeof body === "string" ? { ...request, body } : request
}

const harmless: ReadonlySet<string> = new Set(["accept", "accept-language", "content-type", "idempotency-key"])
