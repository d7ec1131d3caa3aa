import type * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"

/**
 * Whether a request may be sent again when nobody knows if it arrived: `safe`: yes; `fresh-assertion`: yes, as every
 * attempt signs a new assertion; `never`: no, as it spends something or counts towards a lock-out.
 */
export type Replay = "safe" | "fresh-assertion" | "never"

/** Something a developer should know before using a flow, with a stable name to silence it by. */
export interface Warning {
  readonly name: string
  readonly message: string
}

/** One way to acquire a token set: only the protocol step, without caching or retries. */
export interface Flow {
  /** The grant's name in cache keys, spans and messages. */
  readonly grant: string
  readonly replay: Replay
  /** Whether it needs the issuer's metadata, which can always be fetched again. */
  readonly discovers: boolean
  /** What determines, besides client and target, whose token it is: part of the cache key, so never a secret. */
  readonly identity: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<Warning>
  readonly acquire: (client: Client, target: Target) => Effect.Effect<TokenSet, AcquireError, Http | Discovery>
}
