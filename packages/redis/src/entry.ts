import type { Stored } from "@bearerkit/core"

/** The maximum length of an entry; a longer one is not ours. */
export const maxEntryLength = 1024 * 1024

/** As JSON, because UTF-8 alone would corrupt a lone surrogate. */
export const encodeEntry = ({ value, version }: Stored): string => `1:${version}:${JSON.stringify(value)}`

/** The inverse of `encodeEntry`; `undefined` for any other reply. */
export const decodeEntry = (reply: unknown): Stored | undefined => {
  if (typeof reply !== "string" || reply.length > maxEntryLength) return undefined
  const [, version, json] = /^1:([\w-]{22}):(".*")$/s.exec(reply) ?? []
  if (version === undefined || json === undefined) return undefined
  const value = parsed(json)
  return typeof value === "string" ? { value, version } : undefined
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
