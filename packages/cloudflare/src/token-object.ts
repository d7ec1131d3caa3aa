import { DurableObject } from "cloudflare:workers"
import type { Expected, TokenObjectCalls } from "./token-object-calls.ts"

/**
 * One named value and its lock: the Durable Object behind `durableObjectStorage`. Export it from the Worker and list it
 * in `wrangler.jsonc`. A write is on disk before the reply, so an evicted object resumes where it was; it deletes
 * itself when its value and lock have expired.
 */
export class TokenObject extends DurableObject implements TokenObjectCalls {
  read(): Kept | undefined {
    const entry = this.#entry()
    return entry && { value: entry.value, version: entry.version }
  }

  async write({ ttl, ...kept }: Kept & { readonly ttl: number }, expected: Expected): Promise<boolean> {
    const version = this.#entry()?.version
    // a repeated write finds its own version, and succeeds
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

  /** Sets an alarm for the next expiry; deletes everything if nothing is left. */
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
