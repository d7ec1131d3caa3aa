import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { importSecret } from "#signature"
import { importKey } from "../jws/import-key.ts"
import { type Found, notFound } from "../jws/key-set.ts"
import { parseSecret } from "../jws/secret.ts"
import { invalidOptions, type KeySource } from "./key-source.ts"

/**
 * The secret that this API shares with its issuer, for tokens signed with HS256 (the default), HS384 or HS512. Text
 * counts as its UTF-8 bytes; decode a base64 secret first. The verifier fails with `InvalidOptions` if it is shorter
 * than the hash.
 *
 * @see RFC 7518 §3.2
 */
export const secret = (value: SecretInput | Redacted.Redacted<SecretInput>): KeySource => ({
  symmetric: true,
  defaultAlgorithms: ["HS256"],
  prepare: Effect.fnUntraced(function* ({ algorithms }) {
    const bytes = parseSecret(Redacted.isRedacted(value) ? Redacted.value(value) : value, algorithms)
    if (Result.isFailure(bytes)) return yield* invalidOptions(bytes.failure)
    const checks = new Map<string, Found>()
    for (const algorithm of algorithms) {
      const check = yield* importKey(() => importSecret(bytes.success, algorithm))
      if (check !== undefined) checks.set(algorithm, Result.succeed(check))
    }
    return ({ alg, kid }) => checks.get(alg) ?? notFound(kid)
  }),
})

/** A secret as text or bytes. */
export type SecretInput = string | Uint8Array
