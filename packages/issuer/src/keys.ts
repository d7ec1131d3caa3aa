import { createPublicKey, generateKeyPair, type KeyObject, randomUUID } from "node:crypto"
import { promisify } from "node:util"

import { calculateJwkThumbprint, errors, type JWK } from "jose"

import type { JsonWebKey, JsonWebKeySet } from "./config/key.ts"

const generate = promisify(generateKeyPair)

/** The keys the issuer signs with, each with its `kid`. */
export interface Keys {
  readonly signing: JsonWebKeySet
  /** The public key of an RS256 signature of this issuer, by the `kid` of its header. */
  readonly verify: (header: { readonly kid?: string }) => KeyObject
}

/** The configured keys, or new ones that live as long as the issuer runs. */
export const makeKeys = async (configured: JsonWebKeySet | undefined): Promise<Keys> => {
  const { keys } = configured ?? (await generateKeys())
  const named = await Promise.all(keys.map(withKid))
  const rsa = new Map(named.filter(({ kty }) => kty === "RSA").map((key) => [key.kid, toPublic(key)]))
  return {
    signing: { keys: named },
    verify: ({ kid }) => {
      const key = rsa.get(kid)
      if (key === undefined) throw new errors.JWKSNoMatchingKey()
      return key
    },
  }
}

const toPublic = (key: JsonWebKey): KeyObject => createPublicKey({ key: { ...key }, format: "jwk" })

const withKid = async (key: JsonWebKey): Promise<JsonWebKey> => ({
  ...key,
  kid: key.kid ?? (await calculateJwkThumbprint(key as JWK)),
})

const generateKeys = async (): Promise<JsonWebKeySet> => {
  const [rsa, ec] = await Promise.all([
    generate("rsa", { modulusLength: 2048 }),
    generate("ec", { namedCurve: "P-256" }),
  ])
  return {
    keys: [
      {
        ...rsa.privateKey.export({ format: "jwk" }),
        kty: "RSA",
        alg: "RS256",
        use: "sig",
        kid: `rs256-${randomUUID()}`,
      },
      { ...ec.privateKey.export({ format: "jwk" }), kty: "EC", alg: "ES256", use: "sig", kid: `es256-${randomUUID()}` },
    ],
  }
}
