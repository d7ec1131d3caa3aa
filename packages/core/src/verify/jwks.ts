import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { asymmetricAlgorithms } from "../jws/algorithm.ts"
import { parseOwnJwks } from "../jws/jwks.ts"
import { makeKeySets } from "../jws/key-set.ts"
import { invalidOptions, type KeySource } from "./key-source.ts"

/**
 * Public keys from the configuration, as a JWK Set. The verifier fails with `InvalidOptions` if a key is weak, secret
 * or unusable, or none fits the algorithms.
 *
 * @see RFC 7517 §5
 */
export const jwks = (set: { readonly keys: ReadonlyArray<object> }): KeySource => ({
  symmetric: false,
  defaultAlgorithms: asymmetricAlgorithms,
  prepare: Effect.fnUntraced(function* ({ algorithms }) {
    const keys = parseOwnJwks(set)
    if (Result.isFailure(keys)) return yield* invalidOptions(keys.failure)
    const ready = yield* makeKeySets(algorithms)(keys.success)
    if (ready.size > 0) return ready.find
    return yield* invalidOptions({ field: "keys", problem: `have none that can check ${algorithms.join(", ")}` })
  }),
})
