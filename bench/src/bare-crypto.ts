import { createHmac, type KeyObject, sign, timingSafeEqual, verify } from "node:crypto"
import type { Corpus } from "./tokens.ts"

/** Nothing but the signature check of `node:crypto`, everything taken apart beforehand: the least that can be. */
export const bareVerify = (corpus: Corpus): ((token: string) => void) => {
  const { algorithm, keyObject } = corpus
  const prepared = new Map(corpus.tokens.map((token) => [token, prepare(token, corpus)]))
  const digest = algorithm === "EdDSA" ? null : "sha256"
  return (token) => {
    const { input, signature } = prepared.get(token) ?? prepare(token, corpus)
    const valid =
      algorithm === "HS256" ? hmacMatches(keyObject, input, signature) : verify(digest, input, keyObject, signature)
    if (!valid) throw new Error("bare node:crypto refuses a valid token")
  }
}

const hmacMatches = (key: KeyObject, input: Buffer, signature: Buffer): boolean =>
  timingSafeEqual(createHmac("sha256", key).update(input).digest(), signature)

/** For ECDSA a signature in DER, which OpenSSL reads without a conversion. */
const prepare = (token: string, { algorithm, signingKey }: Corpus) => {
  const dot = token.lastIndexOf(".")
  const input = Buffer.from(token.slice(0, dot))
  const signature =
    algorithm === "ES256" ? sign("sha256", input, signingKey) : Buffer.from(token.slice(dot + 1), "base64url")
  return { input, signature }
}
