import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { asRefused } from "../acquire/complete.ts"
import type { Warning } from "../acquire/flow.ts"
import { frontChannelTokens } from "../acquire/front-channel.ts"
import { AcquireError } from "../errors/acquire-error.ts"
import { type CallbackRefused, callbackRefused } from "../errors/login-refusal.ts"
import type { VerifyError } from "../errors/verify-error.ts"
import type { Claims } from "../model/claims.ts"
import type { TokenSet } from "../model/token-set.ts"
import { type CallbackAnswer, parseCallback } from "../protocol/callback.ts"
import { checkCallback } from "../protocol/check-callback.ts"
import type { IdTokenVerifier } from "../verify/id-token.ts"
import type { ExpectedIdToken } from "../verify/id-token-parser.ts"
import { hashWarnings } from "./location-hash-warnings.ts"

/** Options of `readLocationHash` and `verifyLocationHash`. */
export interface LocationHashOptions {
  /** The `response_type` that the page requested when it sent the person away. */
  readonly requested: ReadonlyArray<"id_token" | "token">
  /** The `state` and `nonce` that the page sent; each login counts once. */
  readonly pending: PendingLogin | undefined
  /** Accepts an unsolicited response, so that any link can sign a person in as somebody else. @default false */
  readonly unsafeAcceptUnsolicited?: boolean | undefined
  /** Made with `secret(clientSecret)` on a server that has it, with `issuerKeys()` in a browser. */
  readonly idTokens: IdTokenVerifier
}

/** What a page keeps of the login that it began. */
export interface PendingLogin {
  readonly state: string
  readonly nonce?: string
}

/** The outcome of reading a location hash. */
export type LocationHash = HashLogin | HashRefused | { readonly _tag: "NotOurs" }

/** Tokens came. */
export interface HashLogin {
  /**
   * `SignedIn`: a verified person. `Unverified`: the ID token is signed with a secret that this page does not have, so
   * it can be sent to the API that has it, but signs nobody in. `AccessTokenOnly`: nothing says who it is.
   */
  readonly _tag: "AccessTokenOnly" | "SignedIn" | "Unverified"
  /** Presents the ID token, if one came. */
  readonly tokens: TokenSet
  readonly claims: Claims | undefined
  readonly state: string | undefined
  readonly warnings: ReadonlyArray<Warning>
}

/** The issuer refused, or the response is not valid. */
export interface HashRefused {
  readonly _tag: "Refused"
  readonly error: AcquireError
  readonly state: string | undefined
}

/**
 * Reads the hash that a login begun elsewhere left in the URL of a page, like the old `getProfile(location.hash)`. A
 * page cannot verify an HS256 ID token: the outcome is `Unverified`. Every hash has exactly one outcome; for `NotOurs`
 * leave the URL alone, for all others remove the hash before anything else runs.
 */
export const readLocationHash = (hash: string, options: LocationHashOptions): Effect.Effect<LocationHash> =>
  outcomeOf(hash, options, (token, expected) =>
    Effect.catchIf(verified(options.idTokens, token, expected), isUncheckable, () =>
      Effect.map(options.idTokens.unverified(token, expected), (claims) => ({ _tag: "Unverified", claims }) as const),
    ),
  )

/** The same for a server with the client's secret. Nothing is left unverified. */
export const verifyLocationHash = (hash: string, options: LocationHashOptions): Effect.Effect<LocationHash> =>
  outcomeOf(hash, options, (token, expected) => verified(options.idTokens, token, expected))

type Identity = Pick<HashLogin, "_tag" | "claims">
type Identify = (token: Redacted.Redacted<string>, expected: ExpectedIdToken) => Effect.Effect<Identity, VerifyError>

const verified = (idTokens: IdTokenVerifier, token: Redacted.Redacted<string>, expected: ExpectedIdToken) =>
  Effect.map(idTokens.verify(token, expected), (claims): Identity => ({ _tag: "SignedIn", claims }))

const isUncheckable = ({ reason }: VerifyError): boolean =>
  reason._tag === "AlgorithmNotAllowed" && reason.algorithm === "HS256"

const outcomeOf = Effect.fnUntraced(function* (hash: string, options: LocationHashOptions, identify: Identify) {
  const callback = parseCallback(hash, "fragment")
  if (callback._tag === "NotOurs") return callback
  const { idTokens, pending, unsafeAcceptUnsolicited = false } = options
  const state = pending && Redacted.make(pending.state)
  const answer = checkCallback(callback, { state, issuer: idTokens.issuer, namesIssuer: false })
  const given = "state" in callback ? callback.state : undefined
  const refused = (error: AcquireError): HashRefused => ({ _tag: "Refused", error, state: given })
  if (Result.isFailure(answer)) return refused(new AcquireError({ reason: answer.failure }))
  if (pending === undefined && !unsafeAcceptUnsolicited) return refused(malformed("state", "was not waited for"))
  const problem = checkRequested(answer.success, options.requested)
  if (problem !== undefined) return refused(malformed("malformed", problem))
  return yield* Effect.match(login(answer.success, options, identify), {
    onFailure: refused,
    onSuccess: (outcome): LocationHash => outcome,
  })
})

/** The old `token` type returned an ID token too, if the scope had `openid`. */
const checkRequested = (
  { accessToken, idToken, code }: CallbackAnswer,
  requested: LocationHashOptions["requested"],
): string | undefined => {
  if (code !== undefined) return "has a code, and tokens were asked for"
  if (requested.includes("token") !== (accessToken !== undefined)) {
    return accessToken === undefined ? "has no access token" : "has an access token that was not asked for"
  }
  return requested.includes("id_token") && idToken === undefined ? "has no ID token" : undefined
}

const login = Effect.fnUntraced(function* (answer: CallbackAnswer, options: LocationHashOptions, identify: Identify) {
  const { idToken, accessToken, state } = answer
  const { pending, idTokens } = options
  const { issuer } = idTokens
  const nonce = pending?.nonce === undefined ? undefined : Redacted.make(pending.nonce)
  const expected: ExpectedIdToken = { nonce, accessToken, hashes: "if present" }
  const identity: Identity =
    idToken === undefined
      ? { _tag: "AccessTokenOnly", claims: undefined }
      : yield* Effect.mapError(identify(idToken, expected), asRefused)
  const now = yield* Clock.currentTimeMillis
  const presented = idToken === undefined ? "access_token" : "id_token"
  const tokens = yield* frontChannelTokens(answer, { claims: identity.claims, presented, issuer, scopes: [], now })
  const outcome: HashLogin = { ...identity, tokens, state, warnings: [] }
  return { ...outcome, warnings: hashWarnings(outcome, pending) } satisfies HashLogin
})

const malformed = (problem: CallbackRefused["problem"], detail: string): AcquireError =>
  new AcquireError({ reason: callbackRefused(problem, detail) })
