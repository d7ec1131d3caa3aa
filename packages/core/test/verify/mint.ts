import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { createHmac, createSecretKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { notePublished, noteSecret } from "../../../../scripts/leaks/note.ts"
import type { VerifyReason } from "../../src/errors/verify-error.ts"
import type { Algorithm } from "../../src/jws/algorithm.ts"
import { makeVerifier, type Verifier } from "../../src/verify/access-token.ts"
import { jwks } from "../../src/verify/jwks.ts"
import type { KeySource } from "../../src/verify/key-source.ts"
import { secret } from "../../src/verify/secret.ts"
import type { VerifierOptions } from "../../src/verify/verifier-options.ts"

export const issuer = "https://issuer.example"
export const audience = "https://api.example"
export const sharedSecret = "sixty-four bytes of a secret that issuer and API share, or more."

/** What the issuer signs with; written with `node:crypto` alone, so that tests and code cannot agree on a mistake. */
export interface Signer {
  readonly alg: Algorithm
  readonly kid: string
  readonly privateKey: KeyObject
  /** Empty for a secret. */
  readonly published: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly keys: KeySource
}

export const makeSigner = (alg: Algorithm, kid = `${alg}-1`): Signer => {
  if (alg.startsWith("HS")) {
    const privateKey = createSecretKey(Buffer.from(sharedSecret))
    return { alg, kid, privateKey, published: [], keys: secret(sharedSecret) }
  }
  const { privateKey, publicKey } = makePair(alg)
  const published = [{ ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" }]
  return { alg, kid, privateKey, published, keys: jwks({ keys: published }) }
}

export const everyAlgorithm: ReadonlyArray<Algorithm> = [
  ...(["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
  ...(["ES256", "ES384", "ES512", "EdDSA"] as const),
]

export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** The claims of RFC 9068, all right for the verifiers here. */
export const goodClaims = (): Readonly<Record<string, unknown>> => ({
  iss: issuer,
  aud: audience,
  sub: "alice",
  client_id: "shop",
  scope: "read:orders write:orders",
  jti: "4711",
  iat: nowSeconds(),
  exp: nowSeconds() + 300,
})

export interface Minting {
  readonly header?: Readonly<Record<string, unknown>>
  /** Over the good ones; `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Instead of the claims, as it is. */
  readonly payload?: string | Uint8Array
}

export const mint = (signer: Signer, { header, claims, payload }: Minting = {}): string => {
  const protectedHeader = JSON.stringify({ alg: signer.alg, typ: "at+jwt", kid: signer.kid, ...header })
  const content = payload ?? JSON.stringify({ ...goodClaims(), ...claims })
  const input = `${encode(protectedHeader)}.${encode(content)}`
  const token = `${input}.${signatureOf(signer, input)}`
  noteSecret("JWT of a test", token)
  return token
}

export const encode = (content: string | Uint8Array): string => Buffer.from(content).toString("base64url")

export const signatureOf = ({ alg, privateKey }: Pick<Signer, "alg" | "privateKey">, input: string): string => {
  const hash = `sha${alg.slice(-3)}`
  const bytes = Buffer.from(input)
  switch (alg.slice(0, 2)) {
    case "HS":
      return createHmac(hash, privateKey).update(bytes).digest("base64url")
    case "ES":
      return sign(hash, bytes, { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")
    case "PS":
      return sign(hash, bytes, { key: privateKey, padding: 6, saltLength: -1 }).toString("base64url")
    case "RS":
      return sign(hash, bytes, privateKey).toString("base64url")
    default:
      return sign(null, bytes, privateKey).toString("base64url")
  }
}

/** A verifier for what `mint` makes. */
export const verifierFor = (signer: Signer, options: Partial<VerifierOptions> = {}): Promise<Verifier> =>
  Effect.runPromise(makeVerifier({ issuer, audience, keys: signer.keys, algorithms: [signer.alg], ...options }))

/** Why a token is refused; a token that is accepted is told as `accepted`. */
export const verdict = async (verifier: Verifier, token: string): Promise<VerifyReason | "accepted"> => {
  const verified = await verifier.verify(token)
  if (Result.isSuccess(verified)) return "accepted"
  notePublished(verified.failure)
  return verified.failure.reason
}

const makePair = (alg: Algorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } => {
  if (alg.startsWith("RS") || alg.startsWith("PS")) return generateKeyPairSync("rsa", { modulusLength: 2048 })
  if (alg.startsWith("ES")) return generateKeyPairSync("ec", { namedCurve: curves[alg] ?? "" })
  return generateKeyPairSync("ed25519")
}

const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" }
