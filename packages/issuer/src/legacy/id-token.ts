import { randomUUID } from "node:crypto"

import { errors as jose, type JWTPayload, jwtVerify, SignJWT } from "jose"

import type { Client } from "../config/client.ts"
import type { Account } from "../connection/connection.ts"
import type { Context } from "../context.ts"

const HS256 = "HS256"
const DEFAULT_LIFETIME = 36_000

/** The content of a legacy ID token, and the secret that signs it. */
export interface LegacyIdToken {
  /** Who asked for it. */
  readonly client: string
  readonly audience: string
  readonly key: Uint8Array
  /** Seconds. */
  readonly lifetime: number
  readonly subject: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly scopes: ReadonlySet<string>
  readonly grant: string
  /** Who delegated it, the latest caller first; nobody if somebody logged in. */
  readonly actors?: ReadonlyArray<string>
}

/** Signs a legacy ID token: HS256 with the secret of its audience. */
export const signHs256 = async (context: Context, idToken: LegacyIdToken): Promise<string> => {
  const { client, audience, subject, grant, actors = [] } = idToken
  const jti = randomUUID()
  const now = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({ ...idToken.attributes })
    .setProtectedHeader({ typ: "JWT", alg: HS256 })
    .setIssuer(context.issuer)
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + idToken.lifetime)
    .setJti(jti)
    .sign(idToken.key)
  const scope = [...idToken.scopes].join(" ")
  const delegated = actors.length === 0 ? {} : { actors }
  context.audit.add({ jti, client, subject, audience, grant, kind: "id_token", scope, ...delegated })
  context.legacyChains.remember(jti, actors)
  return token
}

export interface LegacyLogin {
  readonly account: Account
  readonly scopes: ReadonlySet<string>
  readonly grant: string
}

/** Signs a client's ID token for a person who logged in, attributes by scope. */
export const signLegacyIdToken = (context: Context, client: Client, login: LegacyLogin): Promise<string> =>
  signHs256(context, {
    client: client.id,
    audience: client.id,
    key: keyOf(client),
    lifetime: lifetimeOf(client),
    subject: login.account.sub,
    attributes: attributesOf(login.account, login.scopes),
    scopes: login.scopes,
    grant: login.grant,
  })

/** The claims of an ID token that this issuer signed for this client, `undefined` if it is anything else. */
export const readLegacyIdToken = async (
  context: Context,
  client: Client,
  idToken: string,
): Promise<(JWTPayload & { readonly sub: string }) | undefined> => {
  try {
    const { payload, protectedHeader } = await jwtVerify(idToken, keyOf(client), {
      algorithms: [HS256],
      issuer: context.issuer,
      requiredClaims: ["sub", "aud", "exp"],
    })
    const { sub = "", aud } = payload
    const plain = (protectedHeader.typ ?? "JWT").toUpperCase() === "JWT"
    return plain && sub !== "" && [aud].flat().every((audience) => audience === client.id)
      ? { ...payload, sub }
      : undefined
  } catch (error) {
    if (error instanceof jose.JOSEError) return undefined
    throw error
  }
}

export const lifetimeOf = (client: Client): number => client.legacy?.idTokenLifetime ?? DEFAULT_LIFETIME

/** What a person's scope shows of them: with `profile` everything, else the attributes it names. */
export const attributesOf = (account: Account, scopes: ReadonlySet<string>): Record<string, unknown> => {
  const attributes: Record<string, unknown> = { ...account.claims, user_id: account.sub, ...account.profile }
  if (scopes.has("profile")) return attributes
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => scopes.has(name)))
}

const keyOf = (client: Client): Uint8Array => {
  if (client.legacy === undefined) throw new Error(`client ${client.id} has no legacy settings`)
  return client.legacy.key
}
