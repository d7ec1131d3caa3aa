/** A request as it can be kept while the person is away: with no header but those that say what the bodies are. */
export interface ResumableRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The request to be kept, if its body is a text of 64 Ki characters at most. */
export const resumableOf = (
  url: string | URL,
  { method = "GET", headers, body }: RequestInit,
): ResumableRequest | undefined => {
  const kept: Record<string, string> = {}
  for (const [name, value] of new Headers(headers)) if (harmless.has(name)) kept[name] = value
  const request = { url: String(url), method, headers: kept }
  if (body === undefined || body === null) return request
  return typeof body === "string" && body.length <= maxLength ? { ...request, body } : undefined
}

/** A request that was kept, if this is one. */
export const parseResumable = (value: unknown): ResumableRequest | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const { url, method, headers, body } = value as Readonly<Record<string, unknown>>
  if (typeof url !== "string" || typeof method !== "string") return undefined
  if (typeof headers !== "object" || headers === null) return undefined
  if (!Object.values(headers).every((value) => typeof value === "string")) return undefined
  const request = { url, method, headers: headers as Readonly<Record<string, string>> }
  return typeof body === "string" ? { ...request, body } : request
}

const harmless: ReadonlySet<string> = new Set(["accept", "accept-language", "content-type", "idempotency-key"])
const maxLength = 65_536
