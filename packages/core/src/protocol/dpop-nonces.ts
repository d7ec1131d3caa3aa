import * as Result from "effect/Result"
import { parseJsonObject } from "../model/json.ts"
import { putNewest } from "../model/put-newest.ts"
import { parseChallenges } from "./challenge.ts"
import type { NonceAnswer } from "./dpop.ts"

/** The latest nonce of each origin. */
export interface DpopNonces {
  readonly of: (url: string) => string | undefined
  /** Keeps the nonce of a response; returns whether the response demands a retry with it. */
  readonly learn: (url: string, answer: NonceAnswer) => boolean
}

/**
 * Learns from every response, successes too; drops the least recently used origin when full.
 *
 * @see RFC 9449 §8, §8.2, §9
 */
export const makeDpopNonces = (): DpopNonces => {
  const nonces = new Map<string, string>()
  return {
    of: (url) => nonces.get(new URL(url).origin),
    learn: (url, answer) => {
      const nonce = answer.headers.get("dpop-nonce")
      if (nonce === null || !isNonce.test(nonce)) return false
      const { origin } = new URL(url)
      putNewest(nonces, [origin, nonce], capacity)
      return demandsNonce(answer)
    },
  }
}

const capacity = 100

/** RFC 9449 §8.1, with a sane maximum length. */
const isNonce = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/

/** An authorization server demands it in the body, an API in its challenge. */
const demandsNonce = ({ status, headers, body }: NonceAnswer): boolean => {
  if (status !== 400 && status !== 401) return false
  if (parseChallenges(headers.get("www-authenticate")).some(({ params }) => params["error"] === demand)) return true
  const json = typeof body === "string" ? parseJsonObject(body) : undefined
  return json !== undefined && Result.isSuccess(json) && json.success["error"] === demand
}

const demand = "use_dpop_nonce"
