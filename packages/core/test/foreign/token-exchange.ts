import type { JWTPayload } from "jose"
import { type Form, invalidRequest, one, Refused, required } from "./form.ts"
import type { ForeignClient } from "./registry.ts"
import { mintAccessToken, type State, verifyAccessToken } from "./state.ts"
import { apiOf, scopesOf } from "./target.ts"

/** RFC 8693 §2.1 */
export const exchange = async (state: State, client: ForeignClient, form: Form): Promise<unknown> => {
  const subject = await presented(state, form, "subject")
  const hasActor = one(form, "actor_token") !== undefined
  if (!hasActor && one(form, "actor_token_type") !== undefined) {
    throw invalidRequest("actor_token_type must not be there without actor_token")
  }
  const actor = hasActor ? await presented(state, form, "actor") : undefined
  assertMayAct(subject, actor)
  const requested = one(form, "requested_token_type") ?? accessTokenType
  if (requested !== accessTokenType && requested !== jwtType) throw invalidRequest("requested_token_type is unknown")
  const api = apiOf(form)
  const held = String(subject["scope"] ?? "").split(" ")
  const scopes = scopesOf(form) ?? held.filter((scope) => api.scopes.includes(scope))
  if (scopes.some((scope) => !held.includes(scope)))
    throw new Refused(400, "invalid_scope", "more than the subject has")
  const left = Math.floor((subject.exp ?? 0) - Date.now() / 1000)
  const lifetime = Math.min(api.lifetime, left)
  const claims = actor === undefined ? {} : { act: actOf(actor, subject) }
  const { audience } = api
  const input = { sub: subject.sub ?? "", audience, clientId: client.id, scopes, lifetime, claims }
  return {
    access_token: await mintAccessToken(state, input),
    issued_token_type: requested,
    // RFC 8693 §2.2.1: not usable as an access token
    token_type: requested === jwtType ? "N_A" : "Bearer",
    expires_in: lifetime,
    scope: scopes.join(" "),
  }
}

export const exchangeNames = [
  "actor_token",
  "actor_token_type",
  "requested_token_type",
  "subject_token",
  "subject_token_type",
]

const accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
const jwtType = "urn:ietf:params:oauth:token-type:jwt"

/** RFC 8693 §2.2.2: a token that is not acceptable is `invalid_request`. */
const presented = async (state: State, form: Form, role: "actor" | "subject"): Promise<JWTPayload> => {
  const token = required(form, `${role}_token`)
  const type = required(form, `${role}_token_type`)
  if (type !== accessTokenType && type !== jwtType) throw invalidRequest(`${role}_token_type is not supported`)
  return verifyAccessToken(state, token).catch(() => {
    throw invalidRequest(`the ${role}_token is not acceptable`)
  })
}

/** RFC 8693 §4.1: the current actor outside, those before it inside. */
const actOf = (actor: JWTPayload, subject: JWTPayload): Record<string, unknown> => ({
  sub: actor.sub,
  ...(subject["act"] !== undefined && { act: subject["act"] }),
})

/** RFC 8693 §4.4 */
const assertMayAct = (subject: JWTPayload, actor: JWTPayload | undefined): void => {
  const mayAct = subject["may_act"] as JWTPayload | undefined
  if (mayAct !== undefined && mayAct.sub !== actor?.sub)
    throw invalidRequest("the actor_token may not act for the subject")
}
