import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"
import { millisOf } from "../model/millis.ts"
import type { SecretInput } from "./secret.ts"

/** Options of `dpopNonces`. */
export interface DpopNonceOptions {
  /** At least 32 bytes, the same for all instances of the API; text counts as its UTF-8 bytes. */
  readonly secret: SecretInput | Redacted.Redacted<SecretInput>
  /** How long a nonce is issued; it is accepted for twice that time. At most 1 hour. @default 5 minutes */
  readonly lifetime?: Duration.Input | undefined
}

/** Made by `dpopNonces`; a verifier of proofs opens it. */
export interface DpopNonceMaker {
  readonly open: () => Result.Result<OpenNonceMaker, Invalid>
}

export interface OpenNonceMaker {
  /** The nonce to issue now. */
  readonly current: Effect.Effect<string>
  readonly accepts: (nonce: string) => Effect.Effect<boolean>
}

/**
 * Nonces that an API requires in proofs, so that no proof can be made ahead of time. Nothing is stored: a nonce is the
 * HMAC of its time slot, and that of the slot before is accepted too.
 *
 * @see RFC 9449 §8, §9, §11.3
 */
export const dpopNonces = ({ secret, lifetime = "5 minutes" }: DpopNonceOptions): DpopNonceMaker => ({
  open: () => {
    const slotMs = millisOf(lifetime)
    if (slotMs === undefined || !(slotMs >= 1000 && slotMs <= longest))
      return Result.fail({ field: "nonces.lifetime", problem: "must be a duration from 1 second to 1 hour" })
    const bytes = bytesOf(Redacted.isRedacted(secret) ? Redacted.value(secret) : secret)
    if (!(bytes.length >= 32)) return Result.fail({ field: "nonces.secret", problem: "must have at least 32 bytes" })
    const nonceOf = (slot: number) => Effect.promise(() => hmac(bytes, `DPoP nonce ${slotMs} ${slot}`))
    const slot = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(now / slotMs))
    return Result.succeed({
      current: Effect.flatMap(slot, nonceOf),
      accepts: (nonce) =>
        Effect.flatMap(slot, (slot) =>
          Effect.map(Effect.all([nonceOf(slot), nonceOf(slot - 1)]), (good) => good.includes(nonce)),
        ),
    })
  },
})

const longest = 3_600_000

/** A private copy. */
const bytesOf = (secret: SecretInput): Uint8Array<ArrayBuffer> =>
  typeof secret === "string" ? new TextEncoder().encode(secret) : new Uint8Array(secret)

const hmac = async (secret: Uint8Array<ArrayBuffer>, text: string): Promise<string> => {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  return Base64Url.encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text))))
}
