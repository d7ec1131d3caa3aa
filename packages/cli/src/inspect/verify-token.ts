import {
  audiencesOf,
  clockLayer,
  Discovery,
  discoveryLayer,
  Http,
  httpLayer,
  issuerKeys,
  jwks,
  type KeySource,
  makeVerifier,
  secret,
  sharedFlightsLayer,
  SingleFlight,
  type VerifyError,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { JsonObject } from "./decode.ts"

/** What a token is checked against. */
export interface Trust {
  /** The keys: the issuer's, a key set, or the secret of HS256 tokens. */
  readonly keys: IssuerTrust | { readonly set: JsonObject } | { readonly secret: Redacted.Redacted<string> }
  readonly issuer: string | undefined
  readonly audience: ReadonlyArray<string>
  readonly timeout: number
  readonly allowInsecureRequests: boolean
}

interface IssuerTrust {
  readonly issuer: string
}

export interface Verification {
  /** Whether a key of the issuer made the signature, whatever else is wrong; undefined if unknown. */
  readonly signature: boolean | undefined
  /** Why an API would not accept the token. */
  readonly refusal: VerifyError | undefined
}

/** Checks a JWT as an API would, and its signature alone. */
export const verifyToken = (token: string, claims: JsonObject, trust: Trust): Effect.Effect<Verification> =>
  Effect.gen(function* () {
    const { iss } = claims
    const issuer = trust.issuer ?? (typeof iss === "string" ? iss : "none")
    const own = ownAudiences(claims)
    const audience = trust.audience.length > 0 ? trust.audience : own
    const refusal = yield* refusalOf(token, { issuer, audience, keys: keysOf(trust) })
    if (refusal === undefined) return { signature: true, refusal }
    if (refusal.reason._tag === "KeysUnavailable") return { signature: undefined, refusal }
    // with the token's own issuer, audience and time only the signature can be wrong
    const itself = { issuer: typeof iss === "string" ? iss : "none", audience: own, keys: keysOf(trust) }
    const alone = yield* Effect.provide(
      refusalOf(token, itself),
      clockLayer(() => momentOf(claims) * 1000),
    )
    return { signature: signatureOf(alone), refusal }
  }).pipe(Effect.provide(network(trust)))

type Keys = KeySource<Discovery | Http | SingleFlight>

interface Expected {
  readonly issuer: string
  readonly audience: ReadonlyArray<string>
  readonly keys: Keys
}

const refusalOf = Effect.fnUntraced(function* (token: string, expected: Expected) {
  const checked = yield* Effect.result(
    Effect.flatMap(makeVerifier({ ...expected, profile: "compatible" }), ({ check }) => check(token)),
  )
  return Result.isFailure(checked) ? checked.failure : undefined
})

const keysOf = ({ keys }: Trust): Keys => {
  if ("set" in keys) return jwks(keys.set as { readonly keys: ReadonlyArray<object> })
  if ("secret" in keys) return secret(keys.secret)
  const { issuer } = keys
  const source = issuerKeys()
  // the keys are those of the trusted issuer, whatever the token says
  return { ...source, prepare: ({ algorithms }) => source.prepare({ issuer, algorithms }) }
}

const ownAudiences = ({ aud }: JsonObject): ReadonlyArray<string> => {
  const own = audiencesOf(typeof aud === "string" || Array.isArray(aud) ? { aud } : {})
  return own.length > 0 ? own.filter((each) => typeof each === "string" && each !== "") : ["none"]
}

/** A moment at which the token was valid, in epoch seconds. */
const momentOf = ({ iat, nbf, exp }: JsonObject): number => {
  const from = [nbf, iat].find((time) => typeof time === "number") ?? 0
  return typeof exp === "number" ? Math.min(from === 0 ? exp - 1 : from, exp - 1) : from
}

const signatureOf = (refusal: VerifyError | undefined): boolean | undefined => {
  if (refusal === undefined) return true
  return refusal.reason._tag === "SignatureMismatch" ? false : undefined
}

const network = ({ timeout, allowInsecureRequests }: Trust) =>
  discoveryLayer.pipe(
    Layer.provideMerge(Layer.merge(httpLayer({ timeout: timeout * 1000, allowInsecureRequests }), sharedFlightsLayer)),
  )
