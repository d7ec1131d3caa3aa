import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type Http, jsonOf } from "../http/client.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import type { Client } from "../protocol/client.ts"
import type { Secret } from "../protocol/secret.ts"
import { malformedAnswer } from "../protocol/malformed.ts"
import { invalidToken } from "../protocol/rare-refusals.ts"
import { type Classify, rejection } from "../protocol/rejection.ts"
import { asAcquire, type Params, post } from "../protocol/client-request.ts"
import { type LegacyProfile, parseLegacyProfile } from "./profile.ts"

/**
 * The legacy way to read a person's profile: posts the ID token to `/tokeninfo`, which checks it. This is not
 * introspection: it works for ID tokens only and does not reflect revocation.
 */
export const tokeninfo: (
  client: Pick<Client, "issuer">,
  idToken: Secret,
) => Effect.Effect<LegacyProfile, AcquireError, Http> = Effect.fnUntraced(function* ({ issuer }, idToken) {
  const token = typeof idToken === "string" ? idToken : Redacted.value(idToken)
  const params: Params = [["id_token", token]]
  const answer = yield* post(`${issuer.replace(/\/$/, "")}/tokeninfo`, {}, params)
  if (answer.status !== 200) return yield* rejection(answer, { params, signed: false, classify })
  const profile = parseLegacyProfile(yield* Effect.mapError(jsonOf(answer), asAcquire))
  if (Result.isFailure(profile)) {
    return yield* malformedAnswer(answer, `the member ${profile.failure.field} ${profile.failure.problem}`)
  }
  const claims = unverifiedClaims(token)
  if (Result.isFailure(claims) || claims.success.sub === profile.success.userId) return profile.success
  return yield* malformedAnswer(answer, "it is about another person than the ID token that was sent (user_id)")
})

const classify: Classify = (_, status) => (status === 401 ? invalidToken : undefined)
