import { createHash, createPublicKey } from "node:crypto"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import type { StoreReason } from "../../src/errors/store-error.ts"
import type { VerifyReason } from "../../src/errors/verify-error.ts"
import type { Principal } from "../../src/model/principal.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import type { DpopVerifierOptions } from "../../src/verify/dpop-options.ts"
import { type DpopRequest, type DpopVerifier, makeDpopVerifier } from "../../src/verify/dpop-proof.ts"
import { encode, type Signer, signatureOf } from "./mint.ts"

export const publicUrl = "https://api.example"
export const accessToken = "an-access-token"
/** Epoch seconds. */
export const now = 1_700_000_000

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url")

/** The public half of a signer's key, in the order in which a thumbprint wants its members (RFC 7638 §3.2). */
export const publicJwk = ({ privateKey }: Pick<Signer, "privateKey">): Readonly<Record<string, string>> => {
  const jwk = createPublicKey(privateKey).export({ format: "jwk" })
  return Object.fromEntries(
    Object.entries(jwk)
      .filter((member): member is [string, string] => typeof member[1] === "string")
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

export const thumbprint = (signer: Signer): string => sha256(JSON.stringify(publicJwk(signer)))

export interface Proving {
  readonly header?: Readonly<Record<string, unknown>>
  /** Over the good ones; `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Instead of the claims, as it is. */
  readonly payload?: string
}

let proofs = 0

/** A proof for `GET https://api.example/orders` that is right in everything, unless told otherwise. */
export const prove = (signer: Signer, { header, claims, payload }: Proving = {}): string => {
  const good = {
    jti: `proof-${(proofs += 1)}`,
    htm: "GET",
    htu: `${publicUrl}/orders`,
    iat: now,
    ath: sha256(accessToken),
  }
  const protectedHeader = { typ: "dpop+jwt", alg: signer.alg, jwk: publicJwk(signer), ...header }
  const input = `${encode(JSON.stringify(protectedHeader))}.${encode(payload ?? JSON.stringify({ ...good, ...claims }))}`
  return `${input}.${signatureOf(signer, input)}`
}

/** Who presents a token that is bound to a signer's key. */
export const boundTo = (
  signer: Signer | undefined,
  cnf: unknown = signer && { jkt: thumbprint(signer) },
): Principal => ({
  issuer: "https://issuer.example",
  subject: "alice",
  clientId: "app",
  scopes: [],
  actors: [],
  expiresAt: 9e15,
  claims: cnf === undefined ? {} : { cnf },
})

/** A request that passes with a proof of this signer, unless told otherwise. */
export const request = (signer: Signer, other: Partial<DpopRequest> = {}): DpopRequest => ({
  proof: prove(signer),
  method: "GET",
  url: "http://10.0.0.7:8080/orders?page=2",
  accessToken: Redacted.make(accessToken),
  principal: boundTo(signer),
  ...other,
})

/** A verifier with a replay store of its own. */
export const verifying = (options: Partial<DpopVerifierOptions> = {}): Effect.Effect<DpopVerifier> =>
  Effect.gen(function* () {
    const replays = yield* TokenStore
    return yield* makeDpopVerifier({ publicUrl, replays, ...options })
  }).pipe(Effect.provide(memoryStoreLayer()), Effect.orDie)

/** Why a request is refused; one that passes is told as `accepted`. */
export const verdict = (
  verifier: DpopVerifier,
  request: DpopRequest,
): Effect.Effect<StoreReason | VerifyReason | "accepted"> =>
  Effect.map(Effect.result(verifier.check(request)), (result) =>
    Result.isSuccess(result) ? "accepted" : result.failure.reason,
  )

export const refused = (problem: string): VerifyReason => ({ _tag: "ProofRefused", problem })

/** A test at the time at which proofs are made. */
export const law = (name: string, body: () => Effect.Effect<void, unknown>): void =>
  it.effect(name, () => Effect.andThen(TestClock.setTime(now * 1000), Effect.suspend(body)))
