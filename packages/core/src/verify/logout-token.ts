import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { claimMismatch } from "../errors/token-refusal.ts"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import type { Claims } from "../model/claims.ts"
import { isJsonObject, own } from "../model/json.ts"
import { printable } from "../model/printable.ts"
import { checkClaims, type Expectations } from "./check-claims.ts"
import type { IdTokenVerifierOptions } from "./id-token.ts"
import { invalidOptions } from "./key-source.ts"
import { makeUncheckedClaimsParser } from "./unchecked-claims.ts"
import { parseVerifierOptions } from "./verifier-options.ts"

/** The sessions to end. */
export interface LogoutNotice {
  readonly sub: string | undefined
  /** The issuer's identifier of the session. */
  readonly sid: string | undefined
  /** Identifies the token, which is used once. */
  readonly jti: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export interface LogoutTokenVerifier {
  readonly verify: (token: string) => Effect.Effect<LogoutNotice, VerifyError>
}

/**
 * A verifier of logout tokens, with the keys and algorithms of ID tokens. The caller must detect replays.
 *
 * @see OpenID Connect Back-Channel Logout §2.4 and §2.6
 */
export const makeLogoutTokenVerifier: <R = never>(
  options: IdTokenVerifierOptions<R>,
) => Effect.Effect<LogoutTokenVerifier, VerifyError, R> = Effect.fnUntraced(function* <R>(
  options: IdTokenVerifierOptions<R>,
) {
  const { issuer, clientId, keys } = options
  const plan = parseVerifierOptions({
    issuer,
    audience: clientId,
    keys,
    algorithms: options.algorithms,
    clockTolerance: options.clockTolerance ?? "60 seconds",
    profile: "compatible",
  })
  if (Result.isFailure(plan)) return yield* invalidOptions(plan.failure)
  const { algorithms, expectations } = plan.success
  const findKey = yield* keys.prepare({ issuer, algorithms })
  const parse = makeUncheckedClaimsParser(algorithms)

  return {
    verify: Effect.fnUntraced(function* (token) {
      const parsed = parse(token)
      if (Result.isFailure(parsed)) return yield* refused(parsed.failure)
      const { jws, claims } = parsed.success
      const { header, signingInput, signature } = jws
      const now = (yield* Clock.currentTimeMillis) / 1000
      const problem = checkType(header.typ) ?? checkLogoutClaims(claims, expectations, now)
      if (problem !== undefined) return yield* refused(problem)
      const found = yield* Effect.promise(async () => findKey(header))
      if (Result.isFailure(found)) return yield* refused(found.failure)
      if (!(yield* Effect.promise(async () => found.success(signingInput, signature)))) {
        return yield* refused({ _tag: "SignatureMismatch" })
      }
      const { sub, sid, jti = "", exp = 0 } = claims
      return { sub, sid: typeof sid === "string" ? sid : undefined, jti, expiresAt: exp * 1000 }
    }),
  } satisfies LogoutTokenVerifier
})

/** Older issuers use the generic type `JWT`, or none. */
const checkType = (typ: string | undefined): VerifyReason | undefined =>
  typ === undefined || typ === "jwt" || typ === "logout+jwt"
    ? undefined
    : { _tag: "TypeNotAllowed", type: printable(typ, 50) }

const checkLogoutClaims = (claims: Claims, expected: Expectations, now: number): VerifyReason | undefined =>
  checkClaims(claims, { ...expected, required: ["exp"] }, now) ??
  checkEvent(claims) ??
  checkNames(claims) ??
  (claims.iat === undefined ? claimMismatch("iat", "a time") : undefined) ??
  (hasText(claims, "jti") ? undefined : claimMismatch("jti", "1 to 255 characters")) ??
  (Object.hasOwn(claims, "nonce")
    ? claimMismatch("nonce", "none, so that no ID token passes for it", "there")
    : undefined)

const event = "http://schemas.openid.net/event/backchannel-logout"

const checkEvent = ({ events }: Claims): VerifyReason | undefined =>
  isJsonObject(events) && Object.hasOwn(events, event) && isJsonObject(events[event])
    ? undefined
    : claimMismatch("events", event, events === undefined ? undefined : "something else")

const checkNames = (claims: Claims): VerifyReason | undefined => {
  const wrong = ["sub", "sid"].find((claim) => Object.hasOwn(claims, claim) && !hasText(claims, claim))
  if (wrong !== undefined) return claimMismatch(wrong, "1 to 255 characters", "something else")
  return hasText(claims, "sub") || hasText(claims, "sid") ? undefined : claimMismatch("sid", "sub or sid")
}

const hasText = (claims: Claims, claim: string): boolean => {
  const value = own(claims, claim)
  return typeof value === "string" && value !== "" && value.length <= 255
}

const refused = (reason: VerifyReason): Effect.Effect<never, VerifyError> => Effect.fail(new VerifyError({ reason }))
