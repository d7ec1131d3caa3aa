import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto"

import { type JWTPayload, SignJWT } from "jose"

export const makeKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return {
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    publicJwk: publicKey.export({ format: "jwk" }),
    privateKey,
  }
}

export const now = (): number => Math.floor(Date.now() / 1000)

/** Signs claims; those of a usual assertion are there unless given, `undefined` leaves one out. */
export const sign = (
  key: KeyObject | Uint8Array,
  claims: JWTPayload,
  alg = "ES256",
  header: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const usual = { iat: now(), exp: now() + 60, jti: randomUUID() }
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ ...header, alg }).sign(key)
}
