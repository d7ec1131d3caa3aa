import { type Explanation, permanent } from "./explanation.ts"
import type { InvalidOptions } from "./http-error.ts"
import { explainToken, type TokenReason } from "./token-refusal.ts"

/** The callback is not the answer to this authorization request; nothing of it was used. */
export interface CallbackRefused {
  readonly _tag: "CallbackRefused"
  /**
   * `foreign`: not an authorization response at all; leave it alone. `malformed`: not usable. `state`, `iss`: not the
   * expected one. `expired`: too late. `transaction`: begun for another issuer, client, flow or target.
   */
  readonly problem: "expired" | "foreign" | "iss" | "malformed" | "state" | "transaction"
  /** Completes "The authorization response …" or "The transaction …"; contains no secret. */
  readonly detail: string
}

/** The issuer answered the authorization request with an error, or the person declined (RFC 6749 §4.1.2.1). */
export interface AuthorizationRefused {
  readonly _tag: "AuthorizationRefused"
  /** The server's own `error`, made printable. */
  readonly error: string
  /** The server's own `error_description`, made printable. */
  readonly description?: string
}

/** The ID token is not valid for this client. */
export interface IdTokenRefused {
  readonly _tag: "IdTokenRefused"
  readonly because: Exclude<TokenReason, InvalidOptions>
}

/** What came back, refused. */
export const callbackRefused = (problem: CallbackRefused["problem"], detail: string): CallbackRefused => ({
  _tag: "CallbackRefused",
  problem,
  detail,
})

export type LoginRefusal = AuthorizationRefused | CallbackRefused | IdTokenRefused

export type LoginRefusalCode =
  | "access_denied"
  | "id_token_refused"
  | "interaction_required"
  | "invalid_callback"
  | "invalid_request"
  | "invalid_scope"
  | "invalid_state"
  | "invalid_target"
  | "invalid_transaction"
  | "issuer_mismatch"
  | "rejected"
  | "transaction_expired"
  | "unauthorized_client"
  | "unavailable"
  | "unsupported"

/** None of these can be retried: the person has to be sent to the issuer again. */
export const explainLoginRefusal = (reason: LoginRefusal): Explanation<LoginRefusalCode> => {
  switch (reason._tag) {
    case "CallbackRefused":
      return explainCallback(reason)
    case "AuthorizationRefused":
      return explainAuthorization(reason)
    case "IdTokenRefused":
      return explainIdToken(reason)
  }
}

const explainCallback = ({ problem, detail }: CallbackRefused): Explanation<LoginRefusalCode> => {
  const [code, fix] = callbacks[problem]
  const subject = problem === "expired" || problem === "transaction" ? "transaction" : "authorization response"
  return permanent(code, `The ${subject} ${detail}.`, fix)
}

const callbacks: Readonly<Record<CallbackRefused["problem"], readonly [LoginRefusalCode, string]>> = {
  expired: ["transaction_expired", "Begin the login again."],
  foreign: ["invalid_callback", "Leave the address alone: it belongs to something else."],
  iss: ["issuer_mismatch", "Begin the login again; if it stays, somebody may be mixing up two issuers (RFC 9207)."],
  malformed: ["invalid_callback", "Begin the login again; if it stays, look at what the issuer sends back."],
  state: [
    "invalid_state",
    "Begin the login again, in this browser; a link that came from elsewhere is not to be used.",
  ],
  transaction: ["invalid_transaction", "Complete it with the client, flow and target that it was begun with."],
}

const explainAuthorization = ({ error, description }: AuthorizationRefused): Explanation<LoginRefusalCode> => {
  const said = description === undefined ? error : `${error}: ${description}`
  const [code, fix] = authorizations.get(error) ?? rejected
  return permanent(code, `The issuer refused the authorization request (${said}).`, fix)
}

const configured = "Check what this client is registered for at the issuer, and the parameters of the request."
const withPerson = "A person must act at the issuer: begin again without prompt=none."
const later = "Begin the login again later: the issuer cannot answer now."
const rejected = ["rejected", "See the server's own words."] as const

const authorizations: ReadonlyMap<string, readonly [LoginRefusalCode, string]> = /*#__PURE__*/ new Map([
  ["access_denied", ["access_denied", "The person declined, or may not use this application: offer to try again."]],
  ["account_selection_required", ["interaction_required", withPerson]],
  ["consent_required", ["interaction_required", withPerson]],
  ["interaction_required", ["interaction_required", withPerson]],
  ["invalid_request", ["invalid_request", configured]],
  ["invalid_scope", ["invalid_scope", "Ask only for scopes that the API defines and the client may have."]],
  ["invalid_target", ["invalid_target", "Check the audience or resource, and that the client may ask for it."]],
  ["login_required", ["interaction_required", withPerson]],
  ["server_error", ["unavailable", later]],
  ["temporarily_unavailable", ["unavailable", later]],
  ["unauthorized_client", ["unauthorized_client", configured]],
  ["unsupported_response_type", ["unsupported", configured]],
])

const explainIdToken = ({ because }: IdTokenRefused): Explanation<LoginRefusalCode> =>
  permanent("id_token_refused", `The ID token was refused. ${explainToken(because).what}`, idTokenFix)

const idTokenFix =
  "Nobody is signed in: compare issuer, client id and the ID token's registered algorithm with the issuer's, and the clocks."
