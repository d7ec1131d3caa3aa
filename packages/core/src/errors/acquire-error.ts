import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import { type DiscoveryCode, type DiscoveryReason, explainDiscovery } from "./discovery-error.ts"
import { type Explanation, permanent, sentence } from "./explanation.ts"
import { explainLoginRefusal, type LoginRefusal, type LoginRefusalCode } from "./login-refusal.ts"
import { explainStore, type StoreCode, type StoreReason } from "./store-error.ts"
import type { TokenReason } from "./token-refusal.ts"
import { explainTokenType, type TokenTypeMismatch } from "./token-type.ts"
import type { KeysUnavailable } from "./verify-error.ts"

/** The meaning of a server's refusal, across the dialects of OAuth 2 and the legacy endpoints. */
export type RejectionCode = RareCode | keyof typeof fixes

/** Those that only some endpoints give; what to do about them comes with the refusal. */
type RareCode =
  | "account_blocked"
  | "authorization_pending"
  | "connection_unavailable"
  | "insufficient_scope"
  | "invalid_credentials"
  | "invalid_token"
  | "password_leaked"
  | "slow_down"

/** The server refused the request. */
export interface Rejected {
  readonly _tag: "Rejected"
  readonly code: RejectionCode
  readonly url: string
  readonly status: number
  /** The server's own `error`, made printable. */
  readonly error: string
  /** The server's own `error_description`, made printable. */
  readonly description?: string
  /** What to do, where the code alone does not say it. */
  readonly fix?: string
  readonly retryAfter?: Duration.Duration
  /** The redirect URI that was sent, if the server refuses it. */
  readonly redirectUri?: string
  /** Seconds by which this machine's clock is ahead of the server's (negative: behind), if that may be the cause. */
  readonly clockAheadSeconds?: number
}

/** Nobody is signed in, or the login has ended: a person has to sign in. */
export interface LoginRequired {
  readonly _tag: "LoginRequired"
  /** Completes "There is no token: …". */
  readonly because:
    | "nobody is signed in"
    | "who asked is not signed in"
    | "the issuer has ended the login"
    | "the issuer wants the person to act"
    | "the login cannot be renewed"
  /** The issuer's own `error`, if it sent one. */
  readonly error?: string
}

/** The callback that supplies a token failed, or did not return a token. */
export interface SupplyFailed {
  readonly _tag: "SupplyFailed"
  /** Completes "The supplied token …"; never contains the token. */
  readonly problem: string
}

/** Nobody entered the device's code in time (RFC 8628 §3.5). */
export interface DeviceCodeExpired {
  readonly _tag: "DeviceCodeExpired"
}

/** No flow of a credential chain returned a token. */
export interface NoLinkAnswered {
  readonly _tag: "NoLinkAnswered"
  /** In the order in which they were tried. */
  readonly links: ReadonlyArray<FailedFlow>
  /** What they say together. */
  readonly explanation: Explanation<"no_link_answered">
  /** The same of links whose reasons have changed: the words are the chain's own, for small bundles of others. */
  readonly retold: (now: (reason: AcquireReason) => AcquireReason) => NoLinkAnswered
}

/** A flow of a credential chain that returned no token. */
export interface FailedFlow {
  readonly grant: string
  readonly reason: AcquireReason
}

/** Why no token could be acquired. */
export type AcquireReason =
  | DeviceCodeExpired
  | DiscoveryReason
  | LoginRefusal
  | LoginRequired
  | NoLinkAnswered
  | Rejected
  | StoreReason
  | SupplyFailed
  | TokenTypeMismatch

export type AcquireCode =
  | DiscoveryCode
  | LoginRefusalCode
  | RejectionCode
  | StoreCode
  | "login_required"
  | "no_link_answered"
  | "supply_failed"
  | "token_type_mismatch"

/** No token could be acquired; `reason` says why. */
export class AcquireError extends /*#__PURE__*/ Data.TaggedError("AcquireError")<{ readonly reason: AcquireReason }> {
  get explanation(): Explanation<AcquireCode> {
    return explainAcquire(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

/** The error for a login that only a person can continue. */
export const loginRequired = (because: LoginRequired["because"]): AcquireError =>
  new AcquireError({ reason: { _tag: "LoginRequired", because } })

/** The error for an invalid option. */
export const invalidOptions = (field: string, problem: string, fix?: string): AcquireError =>
  new AcquireError({ reason: { _tag: "InvalidOptions", field, problem, ...(fix !== undefined && { fix }) } })

/** The error for a rejected ID token; if it could not be checked at all, the error says why. */
export const idTokenRefused = (because: KeysUnavailable | TokenReason): AcquireError => {
  if (because._tag === "KeysUnavailable") return new AcquireError({ reason: because.because })
  return new AcquireError({ reason: because._tag === "InvalidOptions" ? because : { _tag: "IdTokenRefused", because } })
}

export const explainAcquire = (reason: AcquireReason): Explanation<AcquireCode> => {
  switch (reason._tag) {
    case "Rejected":
      return explainRejected(reason)
    case "LoginRequired":
      return permanent("login_required", `There is no token: ${reason.because}.`, "Have the person sign in again.")
    case "SupplyFailed":
      return permanent("supply_failed", `The supplied token ${reason.problem}.`, "Correct what supplies the token.")
    case "NoLinkAnswered":
      return reason.explanation
    case "TokenTypeMismatch":
      return explainTokenType(reason)
    case "DeviceCodeExpired":
      return permanent("expired_token", "Nobody entered the code in time.", fixes.expired_token)
    case "AuthorizationRefused":
    case "CallbackRefused":
    case "IdTokenRefused":
      return explainLoginRefusal(reason)
    case "LockTimeout":
    case "StoreUnavailable":
      return explainStore(reason)
    default:
      return explainDiscovery(reason)
  }
}

const explainRejected = (reason: Rejected): Explanation<AcquireCode> => {
  const said = reason.description === undefined ? reason.error : `${reason.error}: ${reason.description}`
  const what = `${reason.url} refused with ${reason.status} (${said}).`
  return { ...permanent(reason.code, what, fixFor(reason)), retryAfter: reason.retryAfter }
}

const fixFor = ({ code, fix, clockAheadSeconds, redirectUri }: Rejected): string => {
  if (redirectUri !== undefined) return `Register ${redirectUri} as a redirect URI of this client, to the letter.`
  if (clockAheadSeconds === undefined) return fix ?? fixes[code as keyof typeof fixes] ?? fixes.rejected
  const relation = clockAheadSeconds > 0 ? "ahead of" : "behind"
  return `Set this machine's clock: it is ${Math.abs(clockAheadSeconds)} s ${relation} the server's.`
}

const fixes = {
  access_denied: "Ask the issuer's administrator why this is denied.",
  expired_token: "Begin again with a new code.",
  interaction_required: "A person must act at the issuer first: use a flow with a person present.",
  invalid_client: "Check the client id, its secret or key, and the client authentication method registered for it.",
  invalid_dpop_proof: "Check this machine's clock, and that no proxy changes the URL before the server sees it.",
  invalid_grant: "Get a new grant: this one is wrong, expired, revoked or was used before.",
  invalid_request: "Check the parameters named in the description.",
  invalid_scope: "Ask only for scopes that the API defines and the client may have.",
  invalid_target: "Check the audience or resource, and that the client may ask for it.",
  rejected: "See the server's own words.",
  too_many_attempts: "Wait, and check the stored password: the issuer has blocked this account for this address.",
  unauthorized_client: "Check the client id, and that this client is registered for the flow.",
  unsupported_grant_type: "Enable the grant at the issuer, or use another flow.",
  unsupported_token_type: "Let this token expire: the server cannot revoke tokens of its type.",
  use_dpop_nonce: "Report it to the issuer: it refuses the nonce that it has just given, or gives none.",
} as const
