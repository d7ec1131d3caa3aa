import type { IncomingMessage } from "node:http"
import { authenticate } from "./client-authentication.ts"
import { readForm, Refused, required } from "./form.ts"
import { bob } from "./registry.ts"
import { type State, verifyAccessToken } from "./state.ts"

/** POST /introspect (RFC 7662 §2). */
export const introspect = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const form = await readForm(request)
  await authenticate(state, request, form)
  const token = required(form, "token")
  const grant = state.refreshTokens.get(token)
  if (grant !== undefined) return { active: true, sub: grant.sub, client_id: grant.clientId }
  const payload = await verifyAccessToken(state, token).catch(() => undefined)
  return payload === undefined ? { active: false } : { active: true, token_type: "Bearer", ...payload }
}

/** POST /revoke (RFC 7009 §2): an unknown token is revoked already. */
export const revoke = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const form = await readForm(request)
  const client = await authenticate(state, request, form)
  const token = required(form, "token")
  if (token.startsWith("session-")) throw new Refused(400, "unsupported_token_type", "not revocable (RFC 7009 §2.2.1)")
  if (state.refreshTokens.get(token)?.clientId === client.id) state.refreshTokens.delete(token)
  const payload = await verifyAccessToken(state, token).catch(() => undefined)
  if (payload?.jti !== undefined) state.revoked.add(payload.jti)
  return undefined
}

/** GET /userinfo (OpenID Connect Core §5.3): the token goes into the header, not into the URL. */
export const userinfo = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? ""
  const opaque = state.opaque.get(token)
  const payload = opaque ?? (await verifyAccessToken(state, token).catch(() => undefined))
  if (payload === undefined) throw new Refused(401, "invalid_token", "the access token is not valid")
  return { sub: payload.sub, email: bob.email, email_verified: false }
}
