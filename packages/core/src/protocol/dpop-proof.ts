import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import { HttpError } from "../errors/http-error.ts"
import { withoutQuery } from "../http/url.ts"
import type { PublicJwk } from "../jws/signature-key.ts"
import { urlDigestOf } from "./digest.ts"
import type { ProvenRequest } from "./dpop.ts"
import { randomText } from "./random.ts"

export interface ProofKey {
  readonly privateKey: CryptoKey
  readonly jwk: PublicJwk
}

/** Signs a DPoP proof for a request (RFC 9449 §4.2). */
export const signDpopProof: (
  key: ProofKey,
  request: ProvenRequest,
  nonce: string | undefined,
) => Effect.Effect<string, HttpError> = Effect.fnUntraced(function* ({ privateKey, jwk }, request, nonce) {
  const { method, url, accessToken } = request
  const claims = {
    jti: yield* randomText,
    htm: method,
    htu: withoutQuery(url),
    iat: Math.floor((yield* Clock.currentTimeMillis) / 1000),
    ath: accessToken && (yield* urlDigestOf(Redacted.value(accessToken))),
    nonce,
  }
  const input = `${encoded({ typ: "dpop+jwt", alg: "ES256", jwk })}.${encoded(claims)}`
  const signature = yield* Effect.tryPromise({
    try: () => crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, new TextEncoder().encode(input)),
    catch: () => new HttpError({ reason: { _tag: "InvalidOptions", field: "dpop", problem: "cannot sign" } }),
  })
  return `${input}.${Base64Url.encode(new Uint8Array(signature))}`
})

const encoded = (json: object): string => Base64Url.encode(JSON.stringify(json))
