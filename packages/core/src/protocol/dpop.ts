import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { HttpError } from "../errors/http-error.ts"
import { count } from "../telemetry/telemetry.ts"
import type { AnswerHeaders } from "../http/client.ts"

/**
 * A key that tokens are bound to: a request with such a token must prove possession of the key. Made by
 * `generateDpopKey` or `dpopKey`.
 *
 * @see RFC 9449
 */
export interface DpopKey {
  /** Identifies the key (RFC 7638); not a secret. */
  readonly thumbprint: string
  /** Whether an unbound token, which a server may issue, is accepted (RFC 9449 §5). */
  readonly allowsBearer: boolean
  /** Signs a new proof for a request each time it runs, with the server's latest nonce. */
  readonly proof: (request: ProvenRequest) => Effect.Effect<string, HttpError>
  /** Keeps the nonce of a response; returns whether the server demands a retry with it. */
  readonly learn: (url: string, answer: NonceAnswer) => boolean
}

/** The request that a proof is for. */
export interface ProvenRequest {
  readonly method: string
  readonly url: string
  /** The token that the request presents, if any. */
  readonly accessToken?: Redacted.Redacted<string>
}

/** The parts of a response that can carry nonces. */
export interface NonceAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  /** Read only if it is text. */
  readonly body?: unknown
}

/**
 * Sends a request with a proof if there is a key, and once more if the server demands a nonce; that is a protocol step,
 * not a retry.
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
