import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Token } from "../model/token-set.ts"
import type { Observer } from "../telemetry/telemetry.ts"
import { isAboutToken } from "./challenge.ts"
import { discard, isReplayable, type Send } from "./send.ts"

/**
 * Sends again, once, with another token what an API refuses with 401: never with the token of another login, whose person
 * has not asked for this. Where a redirect was followed the answer is not the API's. An API that refuses the other token
 * too is not asked twice again for a minute.
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
  /** What other calls in the same name know, too. @default new */
  readonly refusing?: RefusingOrigins | undefined
}

/** Until when an API is taken to refuse every token, in epoch milliseconds, by origin. */
export interface RefusingOrigins {
  readonly get: (origin: string) => number | undefined
  readonly set: (origin: string, until: number) => unknown
}

const isRefusal = ({ status, redirected, headers }: Response): boolean =>
  status === 401 && !redirected && isAboutToken(headers)

/** Milliseconds. */
const pause = 60_000
