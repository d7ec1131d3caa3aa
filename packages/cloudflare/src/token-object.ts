import { DurableObject } from "cloudflare:workers"
import type { Expected, TokenObjectCalls } from "./token-object-calls.ts"

/**
 * One value that is kept under a name, and the lock of that name: the Durable Object behind `durableObjectStorage`.
 * Export it from the Worker and name it in `wrangler.jsonc`. What is written is on disk before the answer, so an object
 * that is evicted goes on where it was; one whose value and lock have ended deletes itself.
 */
export class TokenObject extends DurableObject implements TokenObjectCalls {
  read(): Kept | undefined {
    const entry = this.#entry()
    return entry && { value: entry.value, version: entry.version }
  }

  async write({ ttl, ...kept }: Kept & { readonly ttl: number }, expected: Expected): Promise<boolean> {
    const version = this.#entry()?.version
    // the same write sent again finds its own version, and has succeeded
    if (version === kept.version) return true
    if (expected !== undefined && expected !== (version ?? null)) return false
    this.ctx.storage.kv.put("entry", { ...kept, endsAt: Date.now() + ttl })
    await this.#sweep()
    return true
  }

  async remove(expected: string | undefined): Promise<boolean> {
    const version = this.#entry()?.version
    if (expected !== undefined && version !== undefined && expected !== version) return false
    this.ctx.storage.kv.delete("entry")
    await this.#sweep()
    return true
  }

  async take(owner: string, millis: number): Promise<boolean> {
    const lease = this.#lease()
    if (lease !== undefined && lease.owner !== owner) return false
    this.ctx.storage.kv.put("lease", { owner, endsAt: Date.now() + millis })
    await this.#sweep()
    return true
  }

  async extend(owner: string, millis: number): Promise<boolean> {
    return this.#lease()?.owner === owner && this.take(owner, millis)
  }

  async release(owner: string): Promise<void> {
    if (this.#lease()?.owner !== owner) return
    this.ctx.storage.kv.delete("lease")
    await this.#sweep()
  }

  override async alarm(): Promise<void> {
    await this.#sweep()
  }

  #entry(): Entry | undefined {
    return living(this.ctx.storage.kv.get<Entry>("entry"))
  }

  #lease(): Lease | undefined {
    return living(this.ctx.storage.kv.get<Lease>("lease"))
  }

  /** Comes back when the next thing ends; leaves nothing behind when nothing is left. */
  async #sweep(): Promise<void> {
    const ends = [this.#entry(), this.#lease()].flatMap((held) => (held === undefined ? [] : [held.endsAt]))
    const next = Math.min(...ends)
    if (ends.length === 0) await this.ctx.storage.deleteAll()
    else if (next < Infinity) await this.ctx.storage.setAlarm(next)
    else await this.ctx.storage.deleteAlarm()
  }
}

interface Kept {
  readonly value: string
  readonly version: string
}

interface Entry extends Kept {
  /** Epoch milliseconds. */
  readonly endsAt: number
}

interface Lease {
  readonly owner: string
  readonly endsAt: number
}

const living = <A extends { readonly endsAt: number }>(held: A | undefined): A | undefined =>
  held !== undefined && held.endsAt > Date.now() ? held : undefined
