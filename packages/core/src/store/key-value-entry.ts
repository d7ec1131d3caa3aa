import * as Result from "effect/Result"
import { parseJsonObject } from "../model/json.ts"
import type { Stored } from "./token-store.ts"

/** An entry of a storage that has neither versions nor expiry. */
export interface Entry extends Stored {
  /** Epoch milliseconds; `null`: never. */
  readonly endsAt: number | null
}

/** The maximum length of an entry; a longer one is not ours. */
export const maxEntryLength = 1024 * 1024

export const encodeEntry = ({ value, version, endsAt }: Entry): string =>
  JSON.stringify({ format, version, endsAt, value })

/** The inverse of `encodeEntry`; `undefined` for any other text. */
export const decodeEntry = (text: unknown): Entry | undefined => {
  if (typeof text !== "string" || text.length > maxEntryLength) return undefined
  const json = Result.getOrUndefined(parseJsonObject(text))
  if (json === undefined || json["format"] !== format || Object.keys(json).length !== 4) return undefined
  const { version, endsAt, value } = json
  if (typeof value !== "string" || typeof version !== "string" || !/^[\w-]{43}$/.test(version)) return undefined
  if (endsAt !== null && (typeof endsAt !== "number" || !Number.isSafeInteger(endsAt))) return undefined
  return { value, version, endsAt }
}

const format = 1
