import { randomUUID } from "node:crypto"

import { importJWK, type JWK, SignJWT } from "jose"

import type { Context } from "./context.ts"

/** A token to be minted for a test; every part of it may be wrong. */
export interface MintOptions {
  /** The audience of one of the `apis`, whose key then signs, or any other text. */
  readonly audience: string | ReadonlyArray<string>
  /** @default the client */
  readonly subject?: string
  /** @default the first of the `clients` */
  readonly clientId?: string
  /** Scopes, separated by spaces. @default none */
  readonly scope?: string
  /** Additional or replaced claims; `undefined` omits one. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Seconds; below zero for a token that has expired. @default the API's `tokenLifetime`, else 3600 */
  readonly expiresIn?: number
  /** The `typ` of the header. @default "at+jwt" */
  readonly type?: string
}

/** Issues tokens without a request. */
export type Mint = (options: MintOptions) => Promise<string>

/** Signs tokens without a request, with the keys that the endpoints use; each is in `audit` and in `minted`. */
export const makeMint =
  (context: Context): Mint =>
  async (options) => {
    const { config, issuer } = context
    const api = config.apis.get([options.audience].flat()[0] ?? "")
    const clientId = options.clientId ?? [...config.clients.keys()][0] ?? ""
    const { audience, scope, subject = clientId, expiresIn = api?.tokenLifetime ?? 3600 } = options
    const now = Math.floor(Date.now() / 1000)
    const jti = randomUUID()
    const claims = {
      iss: issuer,
      sub: subject,
      aud: typeof audience === "string" ? audience : [...audience],
      exp: now + expiresIn,
      iat: Math.min(now, now + expiresIn - 1),
      jti,
      client_id: clientId,
      ...(scope !== undefined && { scope }),
      ...options.claims,
    }
    const { key, header } = await signerOf(context, api?.key)
    const token = await new SignJWT(claims).setProtectedHeader({ ...header, typ: options.type ?? "at+jwt" }).sign(key)
    context.secrets.add(token)
    context.audit.add({
      jti,
      client: clientId,
      subject,
      audience,
      grant: "mint",
      kind: "access_token",
      ...(scope !== undefined && { scope }),
    })
    return token
  }

const signerOf = async ({ keys }: Context, secret: Uint8Array | undefined) => {
  if (secret !== undefined) return { key: secret, header: { alg: "HS256" } }
  const jwk = keys.signing.keys.find(({ kty, alg = "RS256" }) => kty === "RSA" && alg === "RS256")
  if (jwk === undefined) throw new Error("there is no key for RS256")
  return { key: await importJWK(jwk as JWK, "RS256"), header: { alg: "RS256", kid: String(jwk.kid) } }
}
