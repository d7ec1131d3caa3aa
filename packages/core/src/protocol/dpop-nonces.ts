import * as Result from "effect/Result"
import { parseJsonObject } from "../model/json.ts"
import { putNewest } from "../model/put-newest.ts"
import { parseChallenges } from "./challenge.ts"
import type { NonceAnswer } from "./dpop.ts"

/** The nonces that servers gave last, one for each origin. */
export interface DpopNonces {
  readonly of: (url: string) => string | undefined
  /** Whether the answer refuses a request for want of the nonce that it brings. */
  readonly learn: (url: string, answer: NonceAnswer) => boolean
}

/**
 * Learns from every answer, successes too; the origin used longest ago makes room for a new one.
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

/** RFC 9449 §8.1, and no longer than anybody needs. */
const isNonce = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/

/** An authorization server says it in the body, an API in its challenge. */
const demandsNonce = ({ status, headers, body }: NonceAnswer): boolean => {
  if (status !== 400 && status !== 401) return false
  if (parseChallenges(headers.get("www-authenticate")).some(({ params }) => params["error"] === demand)) return true
  const json = typeof body === "string" ? parseJsonObject(body) : undefined
  return json !== undefined && Result.isSuccess(json) && json.success["error"] === demand
}

const demand = "use_dpop_nonce"
