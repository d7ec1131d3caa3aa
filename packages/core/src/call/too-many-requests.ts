import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { parseRetryAfter } from "../http/retry-after.ts"
import { discard, isReplayable, type Send } from "./send.ts"

/**
 * Retries a 429 once, after its `Retry-After`, if that is at most half a minute and the method is idempotent.
 *
 * @see RFC 6585 §4, RFC 9110 §9.2.2
 */
export const waitingAsAsked =
  (send: Send): Send =>
  (...call) =>
    sendOrWait(send, call)

const sendOrWait = Effect.fnUntraced(function* (send: Send, call: Parameters<Send>) {
  const response = yield* send(...call)
  const [, init] = call
  if (response.status !== 429 || response.redirected || !isIdempotent(init) || !isReplayable(init.body)) return response
  const pause = parseRetryAfter(response.headers, yield* Clock.currentTimeMillis)
  if (pause === undefined || Duration.toMillis(pause) > longest) return response
  yield* discard(response)
  yield* Effect.sleep(pause)
  return yield* send(...call)
})

/** Milliseconds. */
const longest = 30_000

const isIdempotent = ({ method = "GET" }: RequestInit): boolean => /^(?:delete|get|head|options|put)$/i.test(method)
