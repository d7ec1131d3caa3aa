import { decodeJwt, errors as jose, jwtVerify } from "jose"

import type { Context } from "../context.ts"
import { type IssuedToken, toIssued, TokenError } from "./issued-token.ts"

/** What a token says it is: the header `typ` keeps access tokens and ID tokens apart (RFC 9068 §4, RFC 8725 §3.11). */
export type TokenUse = "access_token" | "id_token" | "jwt"

/**
 * Checks a JWT strictly: one audience, that audience's algorithm and key, this issuer, not expired.
 *
 * Anybody with an HS256 secret can sign for that audience just like this issuer.
 */
export const verifyIssued = async (context: Context, token: string, use: TokenUse): Promise<IssuedToken> => {
  const { algorithm, key } = keyFor(context, audienceOf(token))
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer: context.issuer,
      requiredClaims: ["sub", "exp", "iat"],
    })
    checkType(protectedHeader.typ, use)
    return toIssued(payload)
  } catch (error) {
    throw error instanceof jose.JOSEError ? new TokenError(explain(error)) : error
  }
}

/** Refuses text that is not a bare token: with white space, with a scheme before it, or empty. */
export const assertBare = (token: string): void => {
  if (/^(Bearer|DPoP)\s/i.test(token)) throw new TokenError("has a scheme before it; give the token alone")
  if (token === "" || /\s/.test(token)) throw new TokenError("must be a token without white space")
}

export const isJwt = (token: string): boolean => token.includes(".")

const audienceOf = (token: string): string => {
  try {
    const { aud } = decodeJwt(token)
    const audiences = [aud].flat()
    if (audiences.length === 1 && typeof audiences[0] === "string") return audiences[0]
  } catch {
    throw new TokenError("is not a signed JWT")
  }
  throw new TokenError("must have exactly one audience")
}

const keyFor = ({ config, keys }: Context, audience: string) => {
  const api = config.apis.get(audience)
  const secret = api === undefined ? config.clients.get(audience)?.legacy?.key : api.key
  if (secret !== undefined) return { algorithm: "HS256", key: secret } as const
  if (api === undefined && !config.clients.has(audience))
    throw new TokenError("is for an audience that is not known here")
  return { algorithm: "RS256", key: keys.verify } as const
}

const checkType = (typ: string | undefined, use: TokenUse): void => {
  const access = typ?.toLowerCase() === "at+jwt"
  const plain = typ === undefined || typ.toUpperCase() === "JWT"
  if (use === "access_token" && !access) throw new TokenError("is not an access token; its typ must be at+jwt")
  if (use === "id_token" && !plain) throw new TokenError("is not an ID token; its typ must be JWT, if there is one")
  if (use === "jwt" && !access && !plain) throw new TokenError("has a typ that is not known here")
}

const explain = (error: jose.JOSEError): string => {
  if (error instanceof jose.JWTExpired) return "has expired"
  if (error instanceof jose.JWTClaimValidationFailed) return `has a claim ${error.claim} that is not as it must be`
  return "is not signed by this issuer for its audience"
}
