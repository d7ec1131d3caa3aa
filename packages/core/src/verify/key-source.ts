import type * as Effect from "effect/Effect"
import { VerifyError } from "../errors/verify-error.ts"
import type { Algorithm } from "../jws/algorithm.ts"
import type { FindKey } from "../jws/key-set.ts"
import type { Invalid } from "../model/invalid.ts"

/** Where a verifier's keys come from: `secret`, `jwks` or `issuerKeys`. */
export interface KeySource<R = never> {
  /** One verifier never mixes secrets and public keys (RFC 8725 §3.1). */
  readonly symmetric: boolean
  readonly defaultAlgorithms: ReadonlyArray<Algorithm>
  readonly prepare: (use: KeyUse) => Effect.Effect<FindKey, VerifyError, R>
}

/** What the keys are for. */
export interface KeyUse {
  readonly issuer: string
  readonly algorithms: ReadonlyArray<Algorithm>
}

export const invalidOptions = ({ field, problem }: Invalid): VerifyError =>
  new VerifyError({ reason: { _tag: "InvalidOptions", field, problem } })
