import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { ApiTokens } from "../call/api-client.ts"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { TargetInput } from "../model/target.ts"
import { type Secret, wrapped } from "../protocol/secret.ts"

type Failure = AcquireError | StoreError

/** A token and its expiry in epoch milliseconds, if known. */
export interface SubjectToken {
  readonly value: Secret
  readonly expiresAt?: number | undefined
}

/** On whose behalf an API is called. */
export interface Subject {
  /** Equal for all requests of this subject; may be a secret. */
  readonly name: unknown
  /** The token to trade. */
  readonly token: Effect.Effect<SubjectToken, Failure>
  /** The subject's own tokens for a target, if no trade is needed. */
  readonly own: (target: TargetInput) => ApiTokens<Failure> | undefined
}

/** The subject of a bearer token, such as the caller of an API. */
export const bearer = (value: Secret, expiresAt?: number): Subject => ({
  name: Redacted.value(wrapped(value)),
  token: Effect.succeed({ value, expiresAt }),
  own: () => undefined,
})
