import * as Effect from "effect/Effect"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { thumbprintOf } from "../jws/thumbprint.ts"
import { makeDpopNonces } from "./dpop-nonces.ts"
import { signDpopProof } from "./dpop-proof.ts"
import type { DpopKey } from "./dpop.ts"

/** Options of `dpopKey` and `generateDpopKey`. */
export interface DpopKeyOptions {
  /**
   * Accepts a token that the server has not bound to the key. A public client's refresh token is bound even
   * then.
   *
   * @default false: such a token is refused
   */
  readonly allowBearer?: boolean | undefined
}

/** A `CryptoKeyPair`. */
export interface DpopKeyPair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** Generates an ES256 key whose private half is not extractable; it lives as long as the value. */
export const generateDpopKey = (options: DpopKeyOptions = {}): Effect.Effect<DpopKey, AcquireError> =>
  Effect.flatMap(
    Effect.tryPromise({
      try: () => crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]),
      catch: () => unusable("cannot be made: this platform has no WebCrypto, or the page is not in a secure context"),
    }),
    (pair) => dpopKey(pair, options),
  )

/**
 * Uses a key that is kept elsewhere, such as in IndexedDB: ECDSA on P-256, its private half not extractable. Fails with
 * `invalid_options` for any other key.
 *
 * @see RFC 9449 §4.2, §5
 */
export const dpopKey: (pair: DpopKeyPair, options?: DpopKeyOptions) => Effect.Effect<DpopKey, AcquireError> =
  Effect.fnUntraced(function* ({ privateKey, publicKey }, { allowBearer = false } = {}) {
    if (!isP256(privateKey) || !isP256(publicKey)) return yield* unusable("must be for ECDSA with the curve P-256")
    if (privateKey.type !== "private" || !privateKey.usages.includes("sign")) {
      return yield* unusable("has no private half that may sign")
    }
    if (privateKey.extractable) return yield* unusable("has a private half that can be extracted")
    const jwk = yield* publicJwk(publicKey)
    const thumbprint = yield* Effect.promise(() => thumbprintOf(jwk))
    const nonces = makeDpopNonces()
    return {
      thumbprint,
      allowsBearer: allowBearer,
      proof: (request) => Effect.suspend(() => signDpopProof({ privateKey, jwk }, request, nonces.of(request.url))),
      learn: nonces.learn,
    }
  })

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const

const isP256 = (key: CryptoKey): boolean =>
  key.algorithm.name === algorithm.name && (key.algorithm as EcKeyAlgorithm).namedCurve === algorithm.namedCurve

/** Only the members that make up the public key. */
const publicJwk = (publicKey: CryptoKey) =>
  Effect.tryPromise({
    try: async () => {
      if (publicKey.type !== "public") throw new TypeError("not a public key")
      const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", publicKey)
      return { kty: "EC", crv: "P-256", x, y } as const
    },
    catch: () => unusable("has a public half that cannot be exported"),
  })

const unusable = (problem: string): AcquireError => invalidOptions("dpop", problem)
