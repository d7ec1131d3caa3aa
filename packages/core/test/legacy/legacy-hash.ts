import * as Effect from "effect/Effect"
import {
  type LocationHash,
  type LocationHashOptions,
  readLocationHash,
  verifyLocationHash,
} from "../../src/legacy/location-hash.ts"
import { type IdTokenVerifier, makeIdTokenVerifier } from "../../src/verify/id-token.ts"
import { jwks } from "../../src/verify/jwks.ts"
import { encode, makeSigner, mint, nowSeconds, type Signer } from "../verify/mint.ts"

export const issuer = "https://tenant.auth0.example/"
export const clientId = "cid"
const hs256 = makeSigner("HS256")
export const rs256 = makeSigner("RS256")

const make = (keys: Signer["keys"]) => Effect.runPromise(makeIdTokenVerifier({ issuer, clientId, keys }))
export const holder = await make(hs256.keys)
const browser = await make(jwks({ keys: rs256.published }))

export const idToken = (claims: object = {}, { signer = hs256, header = {} } = {}): string => {
  const legacy = { iss: issuer, sub: "auth0|1", aud: clientId, iat: nowSeconds(), exp: nowSeconds() + 36_000 }
  return mint(signer, {
    header: { typ: "JWT", kid: signer === hs256 ? undefined : signer.kid, ...header },
    payload: JSON.stringify({ ...legacy, ...claims }),
  })
}
export const unsigned = `${encode('{"alg":"none"}')}.${idToken().split(".")[1]}.`

export interface Given {
  readonly requested?: LocationHashOptions["requested"]
  readonly state?: string
  readonly nonce?: string
  readonly unsolicited?: boolean
}

export const options = (idTokens: IdTokenVerifier, given: Given = {}): LocationHashOptions => ({
  requested: given.requested ?? ["token"],
  pending:
    given.unsolicited === true
      ? undefined
      : { state: given.state ?? "hello", ...(given.nonce !== undefined && { nonce: given.nonce }) },
  idTokens,
})

export const inBrowser = (hash: string, given?: Given) =>
  Effect.runPromise(readLocationHash(hash, options(browser, given)))
export const bySecret = (hash: string, given?: Given) =>
  Effect.runPromise(verifyLocationHash(hash, options(holder, given)))

/** What it is called: the tag, or why it was refused. */
export const verdict = (outcome: LocationHash): string => {
  if (outcome._tag !== "Refused") return outcome._tag
  const { reason } = outcome.error
  return reason._tag === "IdTokenRefused" ? describeRefusal(reason.because) : outcome.error.explanation.code
}
const describeRefusal = (because: object): string => ("claim" in because ? String(because.claim) : "id_token_refused")

export const hash = (token: string, rest = "") =>
  `#access_token=opaque16chars&id_token=${token}&token_type=bearer&state=hello${rest}`
