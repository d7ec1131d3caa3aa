import type * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"

/**
 * Whether a request may be sent again when nobody knows if it arrived: `safe` as it is, `fresh-assertion` because every
 * attempt signs a new one, `never` because it spends something or counts towards a lock-out.
 */
export type Replay = "safe" | "fresh-assertion" | "never"

/** Something a developer should know about a flow before using it, with a stable name to silence it by. */
export interface Warning {
  readonly name: string
  readonly message: string
}

/** One way to acquire a token set: the protocol step and nothing else. It neither caches nor retries. */
export interface Flow {
  /** The grant's name, as it stands in cache keys, spans and messages. */
  readonly grant: string
  readonly replay: Replay
  /** Whether it finds its endpoint in the issuer's metadata, which may always be asked for again. */
  readonly discovers: boolean
  /** What decides, besides client and target, whose token comes: part of the cache key, so never a secret. */
  readonly identity: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<Warning>
  readonly acquire: (client: Client, target: Target) => Effect.Effect<TokenSet, AcquireError, Http | Discovery>
}
