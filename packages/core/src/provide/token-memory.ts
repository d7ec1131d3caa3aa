import * as Redacted from "effect/Redacted"
import { putNewest } from "../model/put-newest.ts"
import type { Token } from "../model/token-set.ts"
import type { Freshness } from "./freshness.ts"

/** A cached token. */
export interface Held extends Freshness {
  readonly token: Token
  /** The time, measured from when the token was obtained. */
  readonly now: () => number
}

/** The cached tokens, by target key, and which of them were refused. Synchronous: this is the hot path. */
export interface TokenMemory {
  /** Increased by `clear`: results of work begun before must not be put afterwards. */
  readonly generation: () => number
  readonly get: (key: string) => Held | undefined
  /** All of them, including expired ones that have not been replaced. */
  readonly entries: () => Iterable<readonly [key: string, held: Held]>
  readonly put: (key: string, token: Held, generation: number) => void
  /** Drops exactly this token; returns another one if there is one. */
  readonly refuse: (key: string, token: Token) => Held | undefined
  readonly refused: (key: string) => Token | undefined
  /** Whether a background renewal may begin now; if so, no other may for a while. */
  readonly beginRenewal: (key: string, now: number) => boolean
  readonly clear: () => void
}

/** Milliseconds between two background attempts. */
const pause = 10_000

export const makeTokenMemory = (capacity: number): TokenMemory => {
  const held = new Map<string, Held>()
  const refusals = new Map<string, Token>()
  const renewals = new Map<string, number>()
  let generation = 0

  return {
    generation: () => generation,
    get: (key) => held.get(key),
    entries: () => held.entries(),
    put: (key, token, begun) => {
      if (begun !== generation) return
      putNewest(held, [key, token], capacity)
      refusals.delete(key)
      renewals.delete(key)
    },
    refuse: (key, token) => {
      const current = held.get(key)
      if (current !== undefined && !sameToken(current.token, token)) return current
      held.delete(key)
      putNewest(refusals, [key, token], capacity)
      return undefined
    },
    refused: (key) => refusals.get(key),
    beginRenewal: (key, now) => {
      const current = held.get(key)
      if (current === undefined || (renewals.get(key) ?? 0) > now) return false
      putNewest(renewals, [key, now + pause], capacity)
      putNewest(refusals, [key, current.token], capacity)
      return true
    },
    clear: () => {
      generation += 1
      for (const map of [held, refusals, renewals]) map.clear()
    },
  }
}

/** Whether two tokens are the same text. */
export const sameToken = (one: Token, other: Token): boolean =>
  Redacted.value(one.value) === Redacted.value(other.value)
