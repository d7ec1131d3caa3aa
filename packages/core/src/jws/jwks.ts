import * as Result from "effect/Result"
import { type Invalid, invalid } from "../model/invalid.ts"
import { isJsonObject } from "../model/json.ts"
import { parsePublishedKey, type PublishedKey } from "./jwk.ts"

/**
 * Parses a JWK Set of an issuer. Unusable keys are skipped; a set of more than 100 keys is refused.
 *
 * @see RFC 7517 §5
 */
export const parseJwks = (json: unknown): Result.Result<ReadonlyArray<PublishedKey>, Invalid> =>
  Result.map(membersOf(json), (members) =>
    members
      .map(parsePublishedKey)
      .filter(Result.isSuccess)
      .map((key) => key.success),
  )

/** Parses a JWK Set from the configuration; an unusable key there is a mistake, so it fails. */
export const parseOwnJwks = (json: unknown): Result.Result<ReadonlyArray<PublishedKey>, Invalid> => {
  const members = membersOf(json)
  if (Result.isFailure(members)) return Result.fail(members.failure)
  const keys: Array<PublishedKey> = []
  for (const [index, member] of members.success.entries()) {
    const key = parsePublishedKey(member)
    if (Result.isFailure(key)) return invalid(`keys[${index}].${key.failure.field}`, key.failure.problem)
    keys.push(key.success)
  }
  return Result.succeed(keys)
}

const maxKeys = 100

const membersOf = (json: unknown): Result.Result<ReadonlyArray<unknown>, Invalid> => {
  const keys = isJsonObject(json) && Object.hasOwn(json, "keys") ? json["keys"] : undefined
  if (!Array.isArray(keys)) return invalid("keys", "is not a list")
  if (keys.length > maxKeys) return invalid("keys", `has more than ${maxKeys} keys`)
  return Result.succeed(keys)
}
