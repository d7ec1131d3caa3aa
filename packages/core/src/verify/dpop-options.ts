import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import { type Algorithm, canonical, isAlgorithm, isSymmetric } from "../jws/algorithm.ts"
import { type Invalid, invalid } from "../model/invalid.ts"
import { millisOf } from "../model/millis.ts"
import { normalUrl } from "./normal-url.ts"

/** Where used proofs are remembered, by every instance of the API together; a `TokenStore` is one. */
export interface ReplayStore {
  /**
   * Writes where nothing is, in one step; whether it could. The value is the thumbprint of the proof's key. What is
   * written must not be forgotten before its time: else the proof can be used again.
   */
  readonly put: (
    key: string,
    value: string,
    options: { readonly expected: null; readonly ttl: Duration.Duration },
  ) => Effect.Effect<boolean, StoreError>
}

export interface DpopVerifierOptions {
  /** What clients put before the path of a request as it arrives: the public origin, and a prefix that a proxy removes. */
  readonly publicUrl: string
  /** Where used proofs are remembered; while it cannot be asked nobody gets in. */
  readonly replays: ReplayStore
  /** A closed list of asymmetric ones. @default ES256 and EdDSA */
  readonly algorithms?: ReadonlyArray<Algorithm> | undefined
  /** How old a proof may be, at most 10 minutes. @default 1 minute */
  readonly maxAge?: Duration.Input | undefined
  /** How far the clocks may differ, at most 10 minutes. @default 30 seconds */
  readonly clockTolerance?: Duration.Input | undefined
  /** Whether a nonce is one that this API gave lately (RFC 9449 §9). @default none is demanded */
  readonly acceptsNonce?: ((nonce: string) => Effect.Effect<boolean, StoreError>) | undefined
}

/** Options that a verifier can be built on. */
export interface DpopPlan extends Pick<DpopVerifierOptions, "acceptsNonce" | "replays"> {
  /** Normalised, without a slash at its end. */
  readonly publicUrl: string
  readonly algorithms: ReadonlyArray<Algorithm>
  /** Seconds. */
  readonly maxAge: number
  /** Seconds. */
  readonly tolerance: number
}

/** Options that are wrong are told when the verifier is built, not with the first proof. */
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
