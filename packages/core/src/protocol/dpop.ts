import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { HttpError } from "../errors/http-error.ts"
import { count } from "../telemetry/telemetry.ts"
import type { AnswerHeaders } from "../http/client.ts"

/**
 * A key that tokens are bound to: whoever presents one proves to have the key. `generateDpopKey` and `dpopKey` make one.
 *
 * @see RFC 9449
 */
export interface DpopKey {
  /** Names the key (RFC 7638); no secret. */
  readonly thumbprint: string
  /** Goes on with a token that is not bound, which a server may issue (RFC 9449 §5). */
  readonly allowsBearer: boolean
  /** A proof for one request, a new one each time it is run, with the nonce that the server gave last. */
  readonly proof: (request: ProvenRequest) => Effect.Effect<string, HttpError>
  /** Keeps the nonce of an answer, and says whether the server wants the request again with it. */
  readonly learn: (url: string, answer: NonceAnswer) => boolean
}

/** What a proof speaks of. */
export interface ProvenRequest {
  readonly method: string
  readonly url: string
  /** What the request presents, where it presents one. */
  readonly accessToken?: Redacted.Redacted<string>
}

/** As much of an answer as can speak of nonces. */
export interface NonceAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  /** Looked at where it is text. */
  readonly body?: unknown
}

/**
 * Sends a request with a proof where there is a key, and once more where the server wants its nonce in it: that is an
 * answer to the refusal and no retry.
 *
 * @see RFC 9449 §8, §9
 */
export const withProof = <A extends NonceAnswer, E, R>(
  key: DpopKey | undefined,
  request: ProvenRequest,
  send: (headers: Readonly<Record<string, string>>) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | HttpError, R> => {
  if (key === undefined) return send({})
  const attempt = Effect.flatMap(key.proof(request), (proof) =>
    Effect.map(send({ dpop: proof }), (answer) => ({ answer, again: key.learn(request.url, answer) })),
  )
  return Effect.flatMap(attempt, ({ answer, again }) => {
    if (!again) return Effect.succeed(answer)
    const second = Effect.map(attempt, ({ answer }) => answer)
    return Effect.andThen(count("dpop_nonce_retry", { origin: new URL(request.url).origin }), second)
  })
}
