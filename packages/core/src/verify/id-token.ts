import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import { type Algorithm, canonical, isAlgorithm } from "../jws/algorithm.ts"
import type { FindKey } from "../jws/key-set.ts"
import type { Claims } from "../model/claims.ts"
import { type Candidate, makeCandidateParser, type ParseCandidate } from "./candidate.ts"
import { checkIdTokenClaims, type ExpectedClaims, mismatch } from "./id-token-claims.ts"
import { invalidOptions, type KeySource } from "./key-source.ts"
import { tokenHash } from "./token-hash.ts"
import { parseVerifierOptions, type VerifierOptions } from "./verifier-options.ts"

export interface IdTokenVerifierOptions<R = never> {
  /** Exactly as the token's `iss` says it. */
  readonly issuer: string
  readonly clientId: string
  /** `issuerKeys()`; `secret(clientSecret)` for a client that is registered for HS256; `jwks(set)`. */
  readonly keys: KeySource<R>
  /**
   * What the client is registered for (`id_token_signed_response_alg`).
   *
   * @default HS256 with a secret, every asymmetric one with public keys
   */
  readonly algorithms?: ReadonlyArray<Algorithm> | undefined
  /** How far the clocks may differ, at most 10 minutes. @default 60 seconds */
  readonly clockTolerance?: Duration.Input | undefined
}

/** What an ID token must say to belong to this login. */
export interface ExpectedIdToken extends Pick<ExpectedClaims, "acrValues" | "authenticatedSince"> {
  /**
   * Whether `at_hash` and `c_hash` must be there for what came with the ID token, as in every answer through a browser.
   * Where they are there they are checked.
   */
  readonly hashes: "if present" | "required"
  /** What was sent; without one the token must not have one either. */
  readonly nonce: Redacted.Redacted<string> | undefined
  /** What came with the ID token. */
  readonly accessToken?: Redacted.Redacted<string> | undefined
  readonly code?: Redacted.Redacted<string> | undefined
  /** What the issuer signs ID tokens with (`id_token_signing_alg_values_supported`); nothing else is then accepted. */
  readonly supported?: ReadonlyArray<string> | undefined
}

export interface IdTokenVerifier {
  readonly issuer: string
  /** The claims, once everything is checked, the signature included. */
  readonly verify: (token: Redacted.Redacted<string>, expected: ExpectedIdToken) => Effect.Effect<Claims, VerifyError>
  /**
   * The claims of a token signed HS256 with a secret that is not here: everything is checked but the signature, so anybody
   * could have written it, and nobody is signed in by it.
   */
  readonly unverified: (
    token: Redacted.Redacted<string>,
    expected: ExpectedIdToken,
  ) => Effect.Effect<Claims, VerifyError>
}

/**
 * A verifier of ID tokens. It keeps the issuer's keys, so one serves all logins of a client. It fails with
 * `InvalidOptions`, before any token is seen, when the options are not safe.
 *
 * @see OpenID Connect Core §3.1.3.7, §3.2.2.11
 */
export const makeIdTokenVerifier: <R = never>(
  options: IdTokenVerifierOptions<R>,
) => Effect.Effect<IdTokenVerifier, VerifyError, R> = Effect.fnUntraced(function* <R>(
  options: IdTokenVerifierOptions<R>,
) {
  const { issuer, clientId, keys } = options
  const plan = parseVerifierOptions(verifierOptions(options))
  if (Result.isFailure(plan)) return yield* invalidOptions(plan.failure)
  const { algorithms, expectations } = plan.success
  const findKey = yield* keys.prepare({ issuer, algorithms })
  const expects = { clientId, tolerance: expectations.tolerance }
  const check = (algorithms: ReadonlyArray<Algorithm>) => {
    const parse = makeCandidateParser({ algorithms, expectations })
    return (token: Redacted.Redacted<string>, expected: ExpectedIdToken) =>
      candidateOf(parse, Redacted.value(token), { ...expects, ...expected })
  }
  const [ours, symmetric] = [check(algorithms), check(["HS256"])]
  return {
    issuer,
    verify: (token, expected) => Effect.flatMap(ours(token, expected), (candidate) => signed(candidate, findKey)),
    unverified: (token, expected) => Effect.map(symmetric(token, expected), claimsOf),
  } satisfies IdTokenVerifier
})

const verifierOptions = <R>(options: IdTokenVerifierOptions<R>): VerifierOptions<R> => ({
  issuer: options.issuer,
  audience: options.clientId,
  keys: options.keys,
  algorithms: options.algorithms,
  clockTolerance: options.clockTolerance ?? "60 seconds",
  profile: "compatible",
})

type Expected = ExpectedIdToken & Pick<ExpectedClaims, "clientId" | "tolerance">

/** All but the signature, so that no key is fetched for a token that fails anyway. */
const candidateOf = Effect.fnUntraced(function* (parse: ParseCandidate, token: string, expected: Expected) {
  const now = (yield* Clock.currentTimeMillis) / 1000
  const candidate = parse(token, now)
  if (Result.isFailure(candidate)) return yield* refused(candidate.failure)
  const { jws, principal } = candidate.success
  const nonce = expected.nonce && Redacted.value(expected.nonce)
  const problem =
    checkHeader(jws.header, expected.supported) ?? checkIdTokenClaims(principal.claims, { ...expected, nonce }, now)
  if (problem !== undefined) return yield* refused(problem)
  yield* checkHash(candidate.success, "at_hash", { ...expected, value: expected.accessToken })
  yield* checkHash(candidate.success, "c_hash", { ...expected, value: expected.code })
  return candidate.success
})

const checkHeader = (
  { alg, typ }: Candidate["jws"]["header"],
  supported: ReadonlyArray<string> | undefined,
): VerifyReason | undefined => {
  if (typ === "at+jwt") return { _tag: "TypeNotAllowed", type: typ }
  if (supported === undefined || supported.map(canonical).includes(canonical(alg))) return undefined
  return { _tag: "AlgorithmNotAllowed", algorithm: alg, allowed: supported }
}

const checkHash = Effect.fnUntraced(function* (
  { jws, principal }: Candidate,
  claim: "at_hash" | "c_hash",
  { value, hashes }: Pick<ExpectedIdToken, "hashes"> & { readonly value: Redacted.Redacted<string> | undefined },
) {
  if (value === undefined || !isAlgorithm(jws.header.alg)) return
  const has = Object.hasOwn(principal.claims, claim)
  if (!has && hashes === "if present") return
  const belongs = has && principal.claims[claim] === (yield* tokenHash(Redacted.value(value), jws.header.alg))
  const actual = has ? "that of another" : undefined
  if (!belongs) yield* refused(mismatch(claim, "the hash of what came with the ID token", actual))
})

const signed = Effect.fnUntraced(function* (candidate: Candidate, findKey: FindKey) {
  const { header, signingInput, signature } = candidate.jws
  const found = yield* Effect.promise(async () => findKey(header))
  if (Result.isFailure(found)) return yield* refused(found.failure)
  const valid = yield* Effect.promise(async () => found.success(signingInput, signature))
  return valid ? claimsOf(candidate) : yield* refused({ _tag: "SignatureMismatch" })
})

const claimsOf = ({ principal }: Candidate): Claims => principal.claims

const refused = (reason: VerifyReason): Effect.Effect<never, VerifyError> => Effect.fail(new VerifyError({ reason }))
