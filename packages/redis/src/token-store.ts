import { type PutOptions, type RemoveOptions, type Stored, StoreError, type TokenStore } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import type { Connection } from "./connection.ts"
import { decodeEntry, encodeEntry, maxEntryLength } from "./entry.ts"
import { expectation, read, remove, write } from "./scripts.ts"

/** One string per key. Versions are random, so they never repeat. */
export const makeTokenStore = (connection: Connection, keyOf: (key: string) => string): TokenStore["Service"] => ({
  get: (key: string): Effect.Effect<Stored | undefined, StoreError> =>
    Effect.map(connection.run("get", read, { key: keyOf(key) }), decodeEntry),

  put: Effect.fnUntraced(function* (key: string, value: string, { expected, ttl }: PutOptions = {}) {
    const version = randomBytes(16).toString("base64url")
    const entry = encodeEntry({ value, version })
    if (entry.length > maxEntryLength) return yield* tooLong
    const args = [expectation(expected), version, entry, millisOf(ttl)]
    return isDone(yield* connection.run("put", write, { key: keyOf(key), args }))
  }),

  remove: (key: string, { expected }: RemoveOptions = {}) =>
    Effect.map(connection.run("remove", remove, { key: keyOf(key), args: [expectation(expected)] }), isDone),
})

/** Whether a script has done its work. */
export const isDone = (reply: unknown): boolean => Number(reply) === 1

const millisOf = (ttl: Duration.Duration | undefined): string => {
  const millis = ttl === undefined ? Infinity : Math.max(0, Math.ceil(Duration.toMillis(ttl)))
  return Number.isSafeInteger(millis) ? String(millis) : ""
}

const tooLong = /*#__PURE__*/ Effect.fail(
  new StoreError({
    reason: {
      _tag: "StoreUnavailable",
      operation: "put",
      detail: `the value is longer than ${maxEntryLength} characters`,
    },
  }),
)
