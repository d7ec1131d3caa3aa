import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { ApiTokens } from "../call/api-client.ts"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { TargetInput } from "../model/target.ts"
import { type Secret, wrapped } from "../protocol/secret.ts"

type Failure = AcquireError | StoreError

/** A token, and until when it is good, in epoch milliseconds, where that is known. */
export interface SubjectToken {
  readonly value: Secret
  readonly expiresAt?: number | undefined
}

/** On whose behalf something is called. */
export interface Subject {
  /** The same, or equal, for all requests in this name; may be a secret. */
  readonly name: unknown
  /** What is traded for a target's token. */
  readonly token: Effect.Effect<SubjectToken, Failure>
  /** Tokens for a target that need no trade, because the subject's own are for it. */
  readonly own: (target: TargetInput) => ApiTokens<Failure> | undefined
}

/** Whom a token is about: the caller of an API. */
export const bearer = (value: Secret, expiresAt?: number): Subject => ({
  name: Redacted.value(wrapped(value)),
  token: Effect.succeed({ value, expiresAt }),
  own: () => undefined,
})
