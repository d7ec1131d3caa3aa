import { randomUUID } from "node:crypto"
import { type JWTPayload, jwtVerify, SignJWT } from "jose"
import type { ForeignClient } from "./registry.ts"
import { issuerKeys, secretFor } from "./registry.ts"

export interface Grant {
  readonly clientId: string
  readonly sub: string
  readonly scopes: ReadonlyArray<string>
  readonly audience: string
}

/** What one foreign server remembers. */
export interface State {
  /** With a slash at the end, as old tenants are named. */
  readonly issuer: string
  readonly minted: Array<string>
  readonly audit: Array<{ readonly jti: string }>
  /** Parameters that no text names. */
  readonly unrecognized: Set<string>
  readonly refreshTokens: Map<string, Grant>
  readonly spentRefreshTokens: Map<string, Grant>
  readonly opaque: Map<string, { readonly sub: string }>
  readonly revoked: Set<string>
  readonly seenJti: Set<string>
}

export const makeState = (issuer: string): State => ({
  issuer,
  minted: [],
  audit: [],
  unrecognized: new Set(),
  refreshTokens: new Map(),
  spentRefreshTokens: new Map(),
  opaque: new Map(),
  revoked: new Set(),
  seenJti: new Set(),
})

export interface AccessTokenInput {
  readonly sub: string
  readonly audience: string
  readonly clientId: string
  readonly scopes: ReadonlyArray<string>
  readonly lifetime: number
  readonly claims?: JWTPayload
}

/** RFC 9068 §2 */
export const mintAccessToken = async (state: State, input: AccessTokenInput): Promise<string> => {
  const { sub, audience, clientId, scopes, lifetime, claims = {} } = input
  const payload = { ...claims, client_id: clientId, ...(scopes.length > 0 && { scope: scopes.join(" ") }) }
  const jwt = new SignJWT(payload).setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: "foreign-1" })
  return record(state, jwt.setSubject(sub).setAudience(audience), { lifetime, key: issuerKeys.privateKey })
}

/** An ID token as old tenants make it: HS256 with the secret of the client that it is for. */
export const mintIdToken = async (state: State, client: ForeignClient, claims: JWTPayload): Promise<string> => {
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).setAudience(client.id)
  return record(state, jwt, { lifetime: client.idTokenLifetime ?? 36_000, key: keyOf(client) })
}

export const verifyIdToken = async (state: State, client: ForeignClient, token: string): Promise<JWTPayload> =>
  (await jwtVerify(token, keyOf(client), { issuer: state.issuer, audience: client.id, algorithms: ["HS256"] })).payload

export const verifyAccessToken = async (state: State, token: string): Promise<JWTPayload> => {
  const options = { issuer: state.issuer, algorithms: ["RS256"] }
  const { payload } = await jwtVerify(token, issuerKeys.publicKey, options)
  if (state.revoked.has(payload.jti ?? "")) throw new Error("revoked")
  return payload
}

export const mintOpaque = (state: State): string => {
  const token = randomUUID().replaceAll("-", "").slice(0, 16)
  state.minted.push(token)
  return token
}

const keyOf = (client: ForeignClient): Uint8Array => new TextEncoder().encode(secretFor(client.id))

const record = async (
  state: State,
  jwt: SignJWT,
  { lifetime, key }: { readonly lifetime: number; readonly key: CryptoKey | Uint8Array },
): Promise<string> => {
  const jti = randomUUID()
  const now = Math.floor(Date.now() / 1000)
  const token = await jwt
    .setIssuer(state.issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .setJti(jti)
    .sign(key)
  state.minted.push(token)
  state.audit.push({ jti })
  return token
}
