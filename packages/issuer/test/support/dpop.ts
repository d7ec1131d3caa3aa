import { createHash, randomUUID } from "node:crypto"

import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose"

/** A key of a client, and proofs made with it (RFC 9449 §4.2). */
export const makeProver = async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256")
  const jwk = await exportJWK(publicKey)
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    prove: (htu: string, { method = "POST", nonce, accessToken }: ProofOf = {}): Promise<string> =>
      new SignJWT({
        htm: method,
        htu,
        jti: randomUUID(),
        ...(nonce === undefined ? {} : { nonce }),
        ...(accessToken === undefined ? {} : { ath: createHash("sha256").update(accessToken).digest("base64url") }),
      })
        .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk })
        .setIssuedAt()
        .sign(privateKey),
  }
}

export type Prover = Awaited<ReturnType<typeof makeProver>>

interface ProofOf {
  readonly method?: string
  readonly nonce?: string
  readonly accessToken?: string
}
