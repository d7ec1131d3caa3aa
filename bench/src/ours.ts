import { jwks, makeVerifier, secret, type Verifier, type VerifierOptions } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { audience, issuer } from "./expected.ts"
import type { Corpus } from "./tokens.ts"

/** Our verifier for a corpus. */
export const makeOurs = (corpus: Corpus, cache?: VerifierOptions["cache"]): Promise<Verifier> =>
  Effect.runPromise(makeVerifier({ ...demands(corpus), cache }))

/** What we ask of the tokens of a corpus. */
export const demands = ({ algorithm, keyObject, jwk }: Corpus): VerifierOptions => ({
  issuer,
  audience,
  keys: algorithm === "HS256" ? secret(keyObject.export()) : jwks({ keys: [jwk] }),
  algorithms: [algorithm],
})

/** What it says of a token, or an exception as from the peers. */
export const accepted = (verified: ReturnType<Verifier["verify"]>): unknown =>
  verified instanceof Promise ? verified.then(Result.getOrThrow) : Result.getOrThrow(verified)
