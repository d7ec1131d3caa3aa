import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { importPublicKey } from "#signature"
import type { KeyNotFound } from "../errors/token-refusal.ts"
import type { KeysUnavailable } from "../errors/verify-error.ts"
import { printable } from "../model/printable.ts"
import { type Algorithm, canonical } from "./algorithm.ts"
import type { JwsHeader } from "./compact.ts"
import { importKey } from "./import-key.ts"
import { fits, type PublishedKey } from "./jwk.ts"
import type { CheckSignature } from "./signature-key.ts"

/** A key that fits a token's header, or why there is none. */
export type Found = Result.Result<CheckSignature, KeyNotFound | KeysUnavailable>

/** Finds the key for a token: synchronously, or with a promise if a key set must be fetched first. */
export type FindKey = (header: JwsHeader) => Found | Promise<Found>

/** The imported keys of one set. */
export interface KeySet {
  readonly find: (header: JwsHeader) => Found
  readonly size: number
}

/**
 * Makes key sets for these algorithms. Keys are imported once and recognised by content, so fetching an unchanged set
 * imports nothing; a key that is not in the newest set is dropped.
 */
export const makeKeySets = (
  algorithms: ReadonlyArray<Algorithm>,
): ((keys: ReadonlyArray<PublishedKey>) => Effect.Effect<KeySet>) => {
  let imported: ReadonlyMap<string, Found | undefined> = new Map()
  return Effect.fnUntraced(function* (keys) {
    const before = imported
    const now = new Map<string, Found | undefined>()
    const entries: Array<Entry> = []
    for (const key of keys) {
      for (const algorithm of algorithms.filter((algorithm) => fits(key, algorithm))) {
        const content = `${algorithm} ${JSON.stringify(key.jwk)}`
        const known = now.has(content) ? now : before
        // A key that the platform cannot import is ignored (RFC 7517 §5).
        const found = known.has(content)
          ? known.get(content)
          : foundIf(yield* importKey(() => importPublicKey(key.jwk, algorithm)))
        now.set(content, found)
        if (found !== undefined) entries.push({ kid: key.kid, algorithm: canonical(algorithm), found })
      }
    }
    imported = now
    return { find: (header) => find(entries, header), size: entries.length }
  })
}

const foundIf = (check: CheckSignature | undefined): Found | undefined => check && Result.succeed(check)

interface Entry {
  readonly kid: string | undefined
  readonly algorithm: string
  readonly found: Found
}

/** The only key that fits, even if listed twice; among several it does not guess. */
const find = (entries: ReadonlyArray<Entry>, { alg, kid }: JwsHeader): Found => {
  const algorithm = canonical(alg)
  let only: Found | undefined
  for (const entry of entries) {
    if (entry.algorithm !== algorithm || (kid !== undefined && entry.kid !== kid)) continue
    if (only !== undefined && only !== entry.found) return notFound(kid)
    only = entry.found
  }
  return only ?? notFound(kid)
}

/** No key fits, or several do. */
export const notFound = (kid: string | undefined): Found =>
  Result.fail({ _tag: "KeyNotFound", keyId: kid === undefined ? undefined : printable(kid, 100) })
