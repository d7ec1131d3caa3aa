import * as Effect from "effect/Effect"
import type { Token } from "../model/token-set.ts"
import type { Observer } from "../telemetry/telemetry.ts"
import { isAboutToken } from "./challenge.ts"
import { discard, isReplayable, type Send } from "./send.ts"

/**
 * Sends again, once, with another token what an API refuses with 401: never with the token of another login, whose person
 * has not asked for this. Where a redirect was followed the answer is not the API's.
 *
 * @see RFC 6750 §3.1
 */
export const renewingOnce = <E>(send: Send, renew: (refused: Token) => Effect.Effect<Token, E>, telemetry: Observer) =>
  Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
    const response = yield* send(url, init, token)
    if (response.status !== 401 || response.redirected || !isReplayable(init.body)) return response
    if (!isAboutToken(response.headers)) return response
    const other = yield* Effect.onError(renew(token), () => discard(response))
    if (other.login !== token.login) return response
    yield* discard(response)
    telemetry.count("api_retry", { origin: url.origin })
    return yield* send(url, init, other)
  })
