import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import type { Algorithm } from "../jws/algorithm.ts"
import type { FindKey } from "../jws/key-set.ts"
import type { Claims } from "../model/claims.ts"
import { type ExpectedIdToken, makeIdTokenParser } from "./id-token-parser.ts"
import { invalidOptions, type KeySource } from "./key-source.ts"
import type { UncheckedClaims } from "./unchecked-claims.ts"
import { parseVerifierOptions, type VerifierOptions } from "./verifier-options.ts"

/** Options of `makeIdTokenVerifier`. */
export interface IdTokenVerifierOptions<R = never> {
  /** Exactly as in the token's `iss`. */
  readonly issuer: string
  readonly clientId: string
  /** `issuerKeys()`; `secret(clientSecret)` for a client registered for HS256; `jwks(set)`. */
  readonly keys: KeySource<R>
  /**
   * As registered for the client (`id_token_signed_response_alg`).
   *
   * @default HS256 with a secret, every asymmetric one with public keys
   */
  readonly algorithms?: ReadonlyArray<Algorithm> | undefined
  /** How far the clocks may differ, at most 10 minutes. @default 60 seconds */
  readonly clockTolerance?: Duration.Input | undefined
}

/** Verifies ID tokens. */
export interface IdTokenVerifier {
  readonly issuer: string
  /** The claims, after all checks, the signature included. */
  readonly verify: (token: Redacted.Redacted<string>, expected: ExpectedIdToken) => Effect.Effect<Claims, VerifyError>
  /**
   * The claims of a token signed HS256 with a secret that this program does not have: all but the signature is checked,
   * so anybody could have made it, and it signs nobody in.
   */
  readonly unverified: (
    token: Redacted.Redacted<string>,
    expected: ExpectedIdToken,
  ) => Effect.Effect<Claims, VerifyError>
}

/**
 * A verifier of ID tokens. It caches the issuer's keys, so one serves all logins of a client. Fails with
 * `InvalidOptions`, before any token is seen, if the options are not safe.
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
  const ours = makeIdTokenParser(plan.success, clientId)
  const symmetric = makeIdTokenParser({ algorithms: ["HS256"], expectations }, clientId)
  return {
    issuer,
    verify: (token, expected) =>
      Effect.flatMap(Effect.mapError(ours(token, expected), asVerify), (parsed) => signed(parsed, findKey)),
    unverified: (token, expected) =>
      Effect.mapBoth(symmetric(token, expected), { onFailure: asVerify, onSuccess: ({ claims }) => claims }),
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

const signed = Effect.fnUntraced(function* (parsed: UncheckedClaims, findKey: FindKey) {
  const { header, signingInput, signature } = parsed.jws
  const found = yield* Effect.promise(async () => findKey(header))
  if (Result.isFailure(found)) return yield* refused(found.failure)
  const valid = yield* Effect.promise(async () => found.success(signingInput, signature))
  return valid ? parsed.claims : yield* refused({ _tag: "SignatureMismatch" })
})

const asVerify = ({ reason }: { readonly reason: VerifyReason }): VerifyError => new VerifyError({ reason })

const refused = (reason: VerifyReason): Effect.Effect<never, VerifyError> => Effect.fail(asVerify({ reason }))
