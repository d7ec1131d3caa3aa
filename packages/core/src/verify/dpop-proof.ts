import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import { type Algorithm, canonical } from "../jws/algorithm.ts"
import { type CompactJws, makeCompactParser } from "../jws/compact.ts"
import { parseStrictObject } from "../jws/strict-json.ts"
import type { Principal } from "../model/principal.ts"
import { digestOf, urlDigestOf } from "../protocol/digest.ts"
import { confirmationOf } from "./confirmation.ts"
import { checkProofClaims, type ProofClaims } from "./dpop-claims.ts"
import { type DpopVerifierOptions, type DpopPlan, parseDpopOptions } from "./dpop-options.ts"
import { makeEmbeddedKeys, type ReadEmbeddedKey } from "./embedded-key.ts"
import { invalidOptions } from "./key-source.ts"
import { normalUrl } from "./normal-url.ts"

/** A request that presents a bound token. */
export interface DpopRequest {
  /** The value of the header `DPoP`; repeated headers joined by commas, as by `Headers.get`. */
  readonly proof: string | null | undefined
  readonly method: string
  /** The URL or path of the request; only the path counts. */
  readonly url: string
  readonly accessToken: Redacted.Redacted<string>
  /** The verified principal of the access token. */
  readonly principal: Principal
}

/** Verifies the proofs of requests (RFC 9449 §4.3). */
export interface DpopVerifier {
  /** The accepted algorithms of proofs, for the challenge (RFC 9449 §7.1). */
  readonly algorithms: ReadonlyArray<Algorithm>
  /**
   * Checks that the proof was made for this request with the key that the token is bound to, and was not used before.
   * `ProofRefused` and `NonceDemanded` are about the proof; `ClaimMismatch` of `cnf` is about the token.
   */
  readonly check: (request: DpopRequest) => Effect.Effect<void, StoreError | VerifyError>
}

/**
 * A verifier of DPoP proofs at an API. Fails with `InvalidOptions` if the options are not safe.
 *
 * @example
 * const dpop = yield* makeDpopVerifier({ publicUrl: "https://api.example", replays: yield* TokenStore })
 *
 * @see RFC 9449 §4.3, §7.1, §11.1
 */
export const makeDpopVerifier: (options: DpopVerifierOptions) => Effect.Effect<DpopVerifier, VerifyError> =
  Effect.fnUntraced(function* (options) {
    const parsed = parseDpopOptions(options)
    if (Result.isFailure(parsed)) return yield* invalidOptions(parsed.failure)
    const plan = parsed.success
    const parse = makeProofParser(plan)
    const readKey = makeEmbeddedKeys()
    const accept = makeAcceptance(plan)
    return {
      algorithms: plan.algorithms,
      check: Effect.fnUntraced(function* (request) {
        const { jkt } = yield* orRefused(confirmationOf(request.principal))
        if (jkt === undefined) return yield* refused(notBound)
        const jws = yield* orRefused(parse(request.proof))
        const claims = yield* claimsFor(jws, request, plan)
        if ((yield* signer(jws, readKey)) !== jkt) return yield* refused(boundElsewhere)
        yield* accept(claims, jkt)
      }),
    } satisfies DpopVerifier
  })

const makeProofParser = ({ algorithms }: DpopPlan) => {
  const parseCompact = makeCompactParser()
  return (proof: string | null | undefined): Result.Result<CompactJws, VerifyReason> => {
    if (proof === null || proof === undefined || proof === "") return problem("is missing")
    if (proof.includes(",")) return problem("is there more than once")
    if (proof.length > maxLength) return problem(`is longer than ${maxLength} characters`)
    const jws = parseCompact(proof)
    if (Result.isFailure(jws)) return problem(jws.failure)
    const { alg, typ } = jws.success.header
    if (typ !== "dpop+jwt") return problem("is not of the type dpop+jwt")
    const allowed = algorithms.some((algorithm) => algorithm === canonical(alg))
    return allowed ? Result.succeed(jws.success) : problem(`is not signed with one of ${algorithms.join(", ")}`)
  }
}

const maxLength = 8192

const claimsFor = Effect.fnUntraced(function* (jws: CompactJws, request: DpopRequest, plan: DpopPlan) {
  const json = parseStrictObject(jws.payload)
  if (Result.isFailure(json)) return yield* refused(reasonOf(`has a payload that ${json.failure}`))
  const { method, accessToken } = request
  const url = publicUrlOf(request.url, plan.publicUrl)
  if (url === undefined) return yield* refused(reasonOf("is for another URL (htu)"))
  const expected = {
    method,
    url,
    tokenHash: yield* urlDigestOf(Redacted.value(accessToken)),
    maxAge: plan.maxAge,
    tolerance: plan.tolerance,
  }
  const claims = checkProofClaims(json.success, expected, (yield* Clock.currentTimeMillis) / 1000)
  return Result.isSuccess(claims) ? claims.success : yield* refused(reasonOf(claims.failure))
})

/** The thumbprint of the key that signed. */
const signer = Effect.fnUntraced(function* (jws: CompactJws, readKey: ReadEmbeddedKey) {
  const key = yield* Effect.promise(() => readKey(jws))
  if (Result.isFailure(key)) return yield* refused(reasonOf(key.failure))
  const { check, thumbprint } = key.success
  const valid = yield* Effect.promise(async () => check(jws.signingInput, jws.signature))
  return valid ? thumbprint : yield* refused(reasonOf("has a signature that does not match its key"))
})

/** The checks for an otherwise valid proof: its nonce, and that it was not used before. */
const makeAcceptance = ({ acceptsNonce, replays, maxAge, tolerance }: DpopPlan) =>
  Effect.fnUntraced(function* ({ jti, iat, nonce }: ProofClaims, jkt: string) {
    if (acceptsNonce !== undefined && !(nonce !== undefined && (yield* acceptsNonce(nonce)))) {
      return yield* refused({ _tag: "NonceDemanded" })
    }
    const seconds = iat + maxAge + tolerance - (yield* Clock.currentTimeMillis) / 1000
    const name = yield* digestOf(`${jkt} ${jti}`)
    const first = yield* replays.put(`dpop:${name}`, jkt, { expected: null, ttl: Duration.seconds(seconds + 1) })
    if (!first) return yield* refused(reasonOf("was used before"))
  })

/** The URL that the client called, independent of proxies and the `Host` header. */
const publicUrlOf = (url: string, base: string): string | undefined => {
  const whole = url.startsWith("/") ? `http://ignored.invalid${url}` : url
  return URL.canParse(whole) ? normalUrl(`${base}${new URL(whole).pathname}`) : undefined
}

const notBound: VerifyReason = { _tag: "ClaimMismatch", claim: "cnf.jkt", expected: "a bound token" }
const boundElsewhere: VerifyReason = {
  _tag: "ClaimMismatch",
  claim: "cnf.jkt",
  expected: "the thumbprint of the proof's key",
  actual: "that of another",
}

const reasonOf = (problem: string): VerifyReason => ({ _tag: "ProofRefused", problem })

const problem = (text: string): Result.Result<never, VerifyReason> => Result.fail(reasonOf(text))

const refused = (reason: VerifyReason): Effect.Effect<never, VerifyError> => Effect.fail(new VerifyError({ reason }))

const orRefused = <A>(result: Result.Result<A, VerifyReason>): Effect.Effect<A, VerifyError> =>
  Result.isSuccess(result) ? Effect.succeed(result.success) : refused(result.failure)
