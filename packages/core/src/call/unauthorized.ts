import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Token } from "../model/token-set.ts"
import type { Observer } from "../telemetry/telemetry.ts"
import { isAboutToken } from "./challenge.ts"
import { discard, isReplayable, type Send } from "./send.ts"

/**
 * Retries a 401 once with another token, but never with that of another login, whose person has not made this call.
 * After a redirect the response is not the API's, so it is not retried. If an API refuses the other token too, there is
 * no retry for a minute.
 *
 * @see RFC 6750 §3.1
 */
export const renewingOnce = <E>(send: Send, { renew, telemetry, refusing = new Map<string, number>() }: Renewing<E>) =>
  Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
    const response = yield* send(url, init, token)
    if (!isRefusal(response) || !isReplayable(init.body)) return response
    const now = yield* Clock.currentTimeMillis
    if ((refusing.get(url.origin) ?? 0) > now) return response
    const other = yield* Effect.onExit(renew(token, url), ({ _tag }) =>
      _tag === "Failure" ? discard(response) : Effect.void,
    )
    if (other.login !== token.login) return response
    yield* discard(response)
    telemetry.count("api_retry", { origin: url.origin })
    const answer = yield* send(url, init, other)
    if (isRefusal(answer)) refusing.set(url.origin, now + pause)
    return answer
  })

export interface Renewing<E> {
  readonly renew: (refused: Token, url: URL) => Effect.Effect<Token, E>
  readonly telemetry: Observer
  /** Shared with other calls for the same subject. @default new */
  readonly refusing?: RefusingOrigins | undefined
}

/** Until when an API is assumed to refuse every token, in epoch milliseconds, by origin. */
export interface RefusingOrigins {
  readonly get: (origin: string) => number | undefined
  readonly set: (origin: string, until: number) => unknown
}

const isRefusal = ({ status, redirected, headers }: Response): boolean =>
  status === 401 && !redirected && isAboutToken(headers)

/** Milliseconds. */
const pause = 60_000
