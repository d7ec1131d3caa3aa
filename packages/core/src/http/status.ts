import type { Unavailable } from "../errors/http-error.ts"
import type { Answer } from "./client.ts"
import { parseRetryAfter } from "./retry-after.ts"

/** The reason to retry later if the answer gives one (408, 429, 5xx), else `undefined`. */
export const unavailable = (answer: Answer): Unavailable | undefined => {
  const { status, url } = answer
  if (status !== 408 && status !== 429 && status < 500) return undefined
  const retryAfter = parseRetryAfter(answer.headers, answer.receivedAt)
  return { _tag: "Unavailable", url, status, ...(retryAfter !== undefined && { retryAfter }) }
}
