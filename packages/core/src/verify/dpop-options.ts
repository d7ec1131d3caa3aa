import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import { type Algorithm, canonical, isAlgorithm, isSymmetric } from "../jws/algorithm.ts"
import { type Invalid, invalid } from "../model/invalid.ts"
import { millisOf } from "../model/millis.ts"
import { normalUrl } from "./normal-url.ts"

/** Remembers used proofs, shared by all instances of the API; a `TokenStore` is one. */
export interface ReplayStore {
  /**
   * Writes if the key is absent, atomically; returns whether it did. The value is the thumbprint of the proof's key. An
   * entry must not be evicted before its `ttl`: else the proof could be replayed.
   */
  readonly put: (
    key: string,
    value: string,
    options: { readonly expected: null; readonly ttl: Duration.Duration },
  ) => Effect.Effect<boolean, StoreError>
}

/** Options of `makeDpopVerifier`. */
export interface DpopVerifierOptions {
  /** What precedes the path in the clients' URLs: the public origin, and a prefix that a proxy removes. */
  readonly publicUrl: string
  /** Remembers used proofs; while it fails every request is refused. */
  readonly replays: ReplayStore
  /** A closed list of asymmetric ones. @default ES256 and EdDSA */
  readonly algorithms?: ReadonlyArray<Algorithm> | undefined
  /** How old a proof may be, at most 10 minutes. @default 1 minute */
  readonly maxAge?: Duration.Input | undefined
  /** How far the clocks may differ, at most 10 minutes. @default 30 seconds */
  readonly clockTolerance?: Duration.Input | undefined
  /** Whether this API issued the nonce recently (RFC 9449 §9). @default no nonces */
  readonly acceptsNonce?: ((nonce: string) => Effect.Effect<boolean, StoreError>) | undefined
}

/** Validated options. */
export interface DpopPlan extends Pick<DpopVerifierOptions, "acceptsNonce" | "replays"> {
  /** Normalised, without a slash at its end. */
  readonly publicUrl: string
  readonly algorithms: ReadonlyArray<Algorithm>
  /** Seconds. */
  readonly maxAge: number
  /** Seconds. */
  readonly tolerance: number
}

/** Fails on invalid options when the verifier is built, not at the first proof. */
export const parseDpopOptions = (options: DpopVerifierOptions): Result.Result<DpopPlan, Invalid> => {
  const { replays, acceptsNonce } = options
  const publicUrl = normalUrl(options.publicUrl)?.replace(/\/$/, "")
  if (publicUrl === undefined || !/^https?:/.test(publicUrl)) {
    return invalid("publicUrl", "must be an absolute URL without query and fragment")
  }
  if (typeof replays?.put !== "function") return invalid("replays", "must be a store")
  const names: ReadonlyArray<string> = options.algorithms ?? ["ES256", "EdDSA"]
  const algorithms = [...new Set(names.map(canonical))].filter(isAlgorithm)
  if (names.length === 0 || !names.every(isAlgorithm) || algorithms.some(isSymmetric)) {
    return invalid("algorithms", "must name asymmetric algorithms only (RFC 9449 §4.3)")
  }
  const maxAge = secondsOf(options.maxAge ?? "1 minute")
  if (maxAge === undefined) return invalid("maxAge", "must be a duration of at most 10 minutes")
  const tolerance = secondsOf(options.clockTolerance ?? "30 seconds")
  if (tolerance === undefined) return invalid("clockTolerance", "must be a duration of at most 10 minutes")
  return Result.succeed({ publicUrl, replays, acceptsNonce, algorithms, maxAge, tolerance })
}

const secondsOf = (input: Duration.Input): number | undefined => {
  const millis = millisOf(input)
  return millis === undefined || !(millis <= 600_000) ? undefined : millis / 1000
}
