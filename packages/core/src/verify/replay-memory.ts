import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { StoreError } from "../errors/store-error.ts"
import type { ReplayStore } from "./dpop-options.ts"

export interface ReplayMemoryOptions {
  /** Maximum number of proofs; a single key may use half of it. */
  readonly capacity: number
}

/**
 * Remembers used proofs in this process while they are valid, and fails when full: a forgotten proof could be replayed.
 */
export const makeReplayMemory = ({ capacity }: ReplayMemoryOptions): ReplayStore => {
  const proofs = new Map<string, Proof>()
  const byKey = new Map<string, number>()
  let swept = 0

  const forget = (name: string, { key }: Proof): void => {
    proofs.delete(name)
    const left = (byKey.get(key) ?? 1) - 1
    if (left > 0) byKey.set(key, left)
    else byKey.delete(key)
  }
  const isFull = (key: string): boolean => proofs.size >= capacity || (byKey.get(key) ?? 0) >= capacity / 2
  /** Visits all entries, so not at each request. */
  const sweep = (now: number): void => {
    if (Math.abs(now - swept) < 1000) return
    swept = now
    for (const [name, proof] of proofs) if (proof.endsAt <= now) forget(name, proof)
  }

  return {
    put: Effect.fnUntraced(function* (name: string, key: string, { ttl }: { readonly ttl: Duration.Duration }) {
      const now = yield* Clock.currentTimeMillis
      const before = proofs.get(name)
      if (before !== undefined && before.endsAt > now) return false
      if (before !== undefined) forget(name, before)
      if (isFull(key)) sweep(now)
      if (isFull(key)) return yield* new StoreError({ reason: full })
      proofs.set(name, { key, endsAt: now + Duration.toMillis(ttl) })
      byKey.set(key, (byKey.get(key) ?? 0) + 1)
      return true
    }),
  }
}

interface Proof {
  /** The thumbprint of the proof's key. */
  readonly key: string
  readonly endsAt: number
}

const full = {
  _tag: "StoreUnavailable",
  operation: "put",
  detail: "as many used proofs are remembered as fit into this process",
} as const
