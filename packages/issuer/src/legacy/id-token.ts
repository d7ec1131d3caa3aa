import { randomUUID } from "node:crypto"

import { jwtVerify, SignJWT } from "jose"

import type { Client } from "../config/client.ts"
import type { Account } from "../connection/connection.ts"
import type { Context } from "../context.ts"

const HS256 = "HS256"
const DEFAULT_LIFETIME = 36_000

/** Signs an ID token of the old kind: HS256 with the client's secret, attributes by scope. */
export const signLegacyIdToken = async (context: Context, client: Client, login: LegacyLogin): Promise<string> => {
  const { account, scopes } = login
  const jti = randomUUID()
  const now = Math.floor(Date.now() / 1000)
  const token = await new SignJWT(attributesOf(account, scopes))
    .setProtectedHeader({ typ: "JWT", alg: HS256 })
    .setIssuer(context.issuer)
    .setSubject(account.sub)
    .setAudience(client.id)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeOf(client))
    .setJti(jti)
    .sign(keyOf(client))
  const scope = [...scopes].join(" ")
  context.audit.add({
    jti,
    client: client.id,
    subject: account.sub,
    audience: client.id,
    grant: login.grant,
    kind: "id_token",
    scope,
  })
  return token
}

export interface LegacyLogin {
  readonly account: Account
  readonly scopes: ReadonlySet<string>
  readonly grant: string
}

/** The subject of an ID token that this issuer signed for this client, `undefined` if it is anything else. */
export const readLegacyIdToken = async (
  context: Context,
  client: Client,
  idToken: string,
): Promise<string | undefined> => {
  try {
    const { payload } = await jwtVerify(idToken, keyOf(client), {
      algorithms: [HS256],
      issuer: context.issuer,
      audience: client.id,
      requiredClaims: ["sub", "exp"],
    })
    return payload.sub
  } catch {
    return undefined
  }
}

export const lifetimeOf = (client: Client): number => client.legacy?.idTokenLifetime ?? DEFAULT_LIFETIME

const keyOf = (client: Client): Uint8Array => {
  if (client.legacy === undefined) throw new Error(`client ${client.id} has no legacy settings`)
  return client.legacy.key
}

const attributesOf = (account: Account, scopes: ReadonlySet<string>): Record<string, unknown> => {
  const attributes: Record<string, unknown> = { user_id: account.sub, ...account.profile }
  if (scopes.has("profile")) return attributes
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => scopes.has(name)))
}
