import * as Result from "effect/Result"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import { type ClaimMismatch, claimMismatch } from "../errors/token-refusal.ts"
import type { Claims } from "../model/claims.ts"
import { after, type MaybePromise } from "../model/maybe-promise.ts"
import type { Principal } from "../model/principal.ts"
import { printable } from "../model/printable.ts"

/** Any Standard Schema, for the claims of the token. */
export type ClaimsSchema<C> = StandardSchemaV1<unknown, C>

/** Validates a principal's claims with the schema; an issue names only the path, never the value. */
export const typeClaims = <C>(
  schema: ClaimsSchema<C>,
  principal: Principal,
): MaybePromise<Result.Result<Principal<C>, ClaimMismatch>> =>
  after(readClaims(schema, principal.claims), (read) => Result.map(read, (claims) => ({ ...principal, claims })))

/** The schema's output for these claims. */
export const readClaims = <C>(schema: ClaimsSchema<C>, claims: Claims): MaybePromise<Result.Result<C, ClaimMismatch>> =>
  after(validatedBy(schema, claims), (validated) =>
    validated.issues === undefined ? Result.succeed(validated.value) : Result.fail(mismatch(validated.issues[0])),
  )

/** A schema that throws has not accepted the claims. */
const validatedBy = <C>(schema: ClaimsSchema<C>, claims: Claims): MaybePromise<StandardSchemaV1.Result<C>> => {
  const thrown = (): StandardSchemaV1.FailureResult => ({ issues: [{ message: "threw" }] })
  try {
    const validated = schema["~standard"].validate(claims)
    return validated instanceof Promise ? validated.catch(thrown) : validated
  } catch {
    return thrown()
  }
}

const mismatch = (issue: StandardSchemaV1.Issue | undefined): ClaimMismatch => {
  const claim = printable(issue?.path?.map(nameOf).join(".") ?? "", 100)
  return claimMismatch(claim, "what the schema of this API's claims says", "something else")
}

const nameOf = (part: PropertyKey | StandardSchemaV1.PathSegment): string =>
  String(typeof part === "object" ? part.key : part)
