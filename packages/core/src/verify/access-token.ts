import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import type { FindKey, Found } from "../jws/key-set.ts"
import type { Principal } from "../model/principal.ts"
import { type Candidate, makeCandidateParser } from "./candidate.ts"
import { invalidOptions } from "./key-source.ts"
import type { Accept, Verification, Verified, VerifyAt } from "./verified.ts"
import { parseVerifierOptions, type VerifierOptions } from "./verifier-options.ts"

/** Verifies tokens, as a plain function and as an effect. */
export interface Verifier {
  /** Synchronous if the key is cached and the platform allows it, else a promise; never throws. */
  readonly verify: (token: string) => Verified | Promise<Verified>
  /** The answer of `verify` if it is cached and its key is still current. */
  readonly recall?: ((token: string) => Verified | undefined) | undefined
  /** `verify` as an effect. */
  readonly check: (token: string) => Effect.Effect<Principal, VerifyError>
}

/**
 * A verifier of access tokens. Fails with `InvalidOptions`, before any token is seen, if the options are not safe.
 *
 * @example
 * const verifier = yield* makeVerifier({
 *   issuer: "https://issuer.example",
 *   audience: "https://api.example",
 *   keys: issuerKeys(),
 * })
 * const principal = yield* verifier.check(token)
 *
 * @see RFC 9068 §4, RFC 7515 §5.2, RFC 7519 §7.2, RFC 8725 §3
 */
export const makeVerifier = <R = never>(options: VerifierOptions<R>): Effect.Effect<Verifier, VerifyError, R> =>
  Effect.gen(function* () {
    const plan = parseVerifierOptions(options)
    if (Result.isFailure(plan)) return yield* invalidOptions(plan.failure)
    const clock = yield* Clock.Clock
    const parse = makeCandidateParser(plan.success)
    const findKey = yield* options.keys.prepare({ issuer: options.issuer, algorithms: plan.success.algorithms })
    const verifyNew: Verification["verifyNew"] = (token, now, accept) => {
      const candidate = parse(token, now / 1000)
      if (Result.isFailure(candidate)) return refused(candidate.failure)
      return withKey(candidate.success, findKey, accept)
    }
    const cached = options.cache?.open({ verifyNew, findKey })
    if (cached !== undefined && Result.isFailure(cached)) return yield* invalidOptions(cached.failure)
    const memory = cached?.success
    const verifyAt: VerifyAt = memory?.verifyAt ?? ((token, now) => verifyNew(token, now, accepted))
    const now = () => clock.currentTimeMillisUnsafe()
    const { verify, check } = verifierOf((token) => verifyAt(token, now()))
    return { verify, check, recall: memory && ((token) => memory.recall(token, now())) }
  })

/** Makes a verifier of a function. */
export const verifierOf = (verify: Verifier["verify"]): Verifier => ({
  verify,
  check: (token) => Effect.suspend(() => asEffect(verify(token))),
})

const withKey = (candidate: Candidate, findKey: FindKey, accept: Accept): Verified | Promise<Verified> => {
  const found = findKey(candidate.jws.header)
  if (found instanceof Promise) return found.then((found) => checked(candidate, found, accept))
  return checked(candidate, found, accept)
}

const checked = (candidate: Candidate, found: Found, accept: Accept): Verified | Promise<Verified> => {
  if (Result.isFailure(found)) return refused(found.failure)
  const check = found.success
  const valid = check(candidate.jws.signingInput, candidate.jws.signature)
  const answer = (valid: boolean): Verified =>
    valid ? accept(candidate.principal, candidate.jws.header, check) : refused({ _tag: "SignatureMismatch" })
  return valid instanceof Promise ? valid.then(answer) : answer(valid)
}

const accepted: Accept = (principal) => Result.succeed(principal)

const refused = (reason: VerifyReason): Verified => Result.fail(new VerifyError({ reason }))

const asEffect = (verified: Verified | Promise<Verified>): Effect.Effect<Principal, VerifyError> =>
  verified instanceof Promise
    ? Effect.flatMap(
        Effect.promise(() => verified),
        Effect.fromResult,
      )
    : Effect.fromResult(verified)
