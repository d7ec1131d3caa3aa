import { generateKeyPair, randomUUID } from "node:crypto"
import { promisify } from "node:util"

import type { JsonWebKeySet } from "./config/key.ts"

const generate = promisify(generateKeyPair)

/** New signing keys, RS256 first: they live as long as the issuer runs. */
export const generateKeys = async (): Promise<JsonWebKeySet> => {
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
