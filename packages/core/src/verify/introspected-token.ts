import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { sha256 } from "#signature"
import { AcquireError } from "../errors/acquire-error.ts"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import type { Http } from "../http/client.ts"
import { timeFrom } from "../http/clock.ts"
import { retryAfterOf, waitingStill } from "../http/retry-after.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { maxTokenLength } from "../jws/compact.ts"
import { type Claims, clientOf, scopesOf } from "../model/claims.ts"
import { deepFreeze } from "../model/deep-freeze.ts"
import { millisOf } from "../model/millis.ts"
import type { Principal } from "../model/principal.ts"
import { printable } from "../model/printable.ts"
import { putNewest } from "../model/put-newest.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { introspect } from "../protocol/introspection.ts"
import { verifierOf } from "./access-token.ts"
import { parseActors } from "./actors.ts"
import { checkClaims, type Expectations } from "./check-claims.ts"
import { checkKind } from "./introspected-kind.ts"
import { invalidOptions } from "./key-source.ts"
import type { TokenOrigin } from "./token-verifier.ts"
import type { Verified } from "./verified.ts"

/** Options of `introspection`. */
export interface IntrospectionOptions extends Client {
  /** The identifiers of this API in `aud`; a token must name at least one. */
  readonly audience: string | ReadonlyArray<string>
  /** How long an active answer is cached, never past its `exp`. @default 30 seconds */
  readonly maxAge?: Duration.Input | undefined
  /** How long an inactive answer is cached. @default 5 seconds */
  readonly negativeMaxAge?: Duration.Input | undefined
}

/**
 * Asks the issuer about each token. The answer is cached briefly under a digest of the token. `iss`, `aud` and `exp`
 * are required and checked; a refresh token or an ID token is refused. While the issuer cannot be reached, verification
 * fails with `CheckUnavailable`; its `Retry-After` is respected.
 *
 * @see RFC 7662 §2 and §4
 */
export const introspection = (options: IntrospectionOptions): TokenOrigin => ({ open: open(options) })

const open = Effect.fnUntraced(function* (options: IntrospectionOptions) {
  const plan = parsePlan(options)
  if (Result.isFailure(plan)) return yield* invalidOptions(plan.failure)
  const { expectations, maxAge, negativeMaxAge } = plan.success
  const clock = yield* Clock.Clock
  const time = timeFrom(clock)
  const context = yield* Effect.context<Discovery | Http | SingleFlight>()
  const answers = makeAnswers()
  let pause: Pause | undefined

  const ask = Effect.fnUntraced(function* (token: string) {
    const answer = yield* introspect(options, token, "access_token")
    if (!answer.active) return { verified: inactive, until: time() + negativeMaxAge }
    const now = clock.currentTimeMillisUnsafe()
    const verified = judge(answer.claims, expectations, now / 1000)
    if (Result.isFailure(verified)) return { verified, until: time() + negativeMaxAge }
    return { verified, until: time() + Math.min(maxAge, verified.success.expiresAt - now) }
  })
  // Only joins concurrent callers, so that no token stays in memory.
  const flights = yield* (yield* SingleFlight).make({ capacity, lookup: ask, expiresAt: () => 0 })

  const run = Effect.runPromiseWith(context)
  const askFor = (token: string, digest: string): Promise<Verified> =>
    run(
      Effect.match(flights.get(token), {
        onFailure: (error) => {
          const since = time()
          const wait = retryAfterOf(error)
          if (wait > 0) pause = { error, since, until: since + wait }
          return unavailable(error)
        },
        onSuccess: (answer) => {
          answers.keep(digest, answer)
          return answer.verified
        },
      }),
    )
  return verifierOf((token) => {
    if (token.length > maxTokenLength) return tooLong
    const known = (digest: string) => {
      const now = time()
      return answers.get(digest, now) ?? (pause && now < pause.until ? stillPaused(pause, now) : askFor(token, digest))
    }
    const digest = digestOf(token)
    return typeof digest === "string" ? known(digest) : digest.then(known)
  })
})

/** Synchronous where the platform allows it. */
const digestOf: (token: string) => string | Promise<string> = sha256

const capacity = 10_000

interface Answer {
  readonly verified: Verified
  /** Milliseconds of a monotonic clock. */
  readonly until: number
}

/** The issuer asks to wait. Milliseconds of the same clock. */
interface Pause {
  readonly error: AcquireError
  readonly since: number
  readonly until: number
}

const stillPaused = ({ error, since }: Pause, now: number): Verified =>
  unavailable(new AcquireError({ reason: waitingStill(error.reason, now - since) }))

/** The latest answers; the oldest are evicted, but never by failures. */
const makeAnswers = () => {
  const active = new Map<string, Answer>()
  const others = new Map<string, Answer>()
  return {
    get: (digest: string, now: number): Verified | undefined => {
      const known = active.get(digest) ?? others.get(digest)
      return known !== undefined && now < known.until ? known.verified : undefined
    },
    keep: (digest: string, answer: Answer): void => {
      active.delete(digest)
      others.delete(digest)
      putNewest(Result.isSuccess(answer.verified) ? active : others, [digest, answer], capacity)
    },
  }
}

const parsePlan = (options: IntrospectionOptions) => {
  const { issuer, clientId, clientAuth } = options
  const audiences = [options.audience].flat()
  const invalid = (field: string, problem: string) => Result.fail({ field: `introspection.${field}`, problem })
  if (!isText(issuer)) return invalid("issuer", "must be a non-empty string")
  if (!isText(clientId)) return invalid("clientId", "must be a non-empty string")
  if (typeof clientAuth !== "function") return invalid("clientAuth", "must be one such as clientSecretBasic(secret)")
  if (audiences.length === 0 || !audiences.every(isText)) return invalid("audience", "must name at least one audience")
  const maxAge = millisOf(options.maxAge ?? "30 seconds")
  const negative = millisOf(options.negativeMaxAge ?? "5 seconds")
  if (maxAge === undefined || !(maxAge <= longest)) return invalid("maxAge", "must be a duration up to 1 hour")
  if (negative === undefined || !(negative <= longest))
    return invalid("negativeMaxAge", "must be a duration up to 1 hour")
  const expectations: Expectations = { issuer, audiences, profile: "compatible", tolerance: 0 }
  return Result.succeed({ expectations, maxAge, negativeMaxAge: negative })
}

const longest = 3_600_000

const isText = (value: unknown): boolean => typeof value === "string" && value !== ""

/** A client's own token may have no `sub`; its subject is the client (RFC 9068 §2.2). */
const judge = (claims: Claims, expectations: Expectations, now: number): Verified => {
  const { client_id, sub = client_id } = claims
  const known = { ...claims, ...(sub !== undefined && { sub }) }
  const problem = checkClaims(known, expectations, now) ?? checkKind(claims)
  if (problem !== undefined) return refused(problem)
  const actors = parseActors(claims)
  if (Result.isFailure(actors)) return refused(actors.failure)
  const principal: Principal = {
    issuer: expectations.issuer,
    subject: sub ?? "",
    clientId: clientOf(claims),
    scopes: scopesOf(claims),
    actors: actors.success,
    expiresAt: (claims.exp ?? 0) * 1000,
    claims,
  }
  // Shared by all requests with this token.
  return Result.succeed(deepFreeze(principal))
}

const refused = (reason: VerifyReason): Verified => Result.fail(new VerifyError({ reason }))

const inactive = /*#__PURE__*/ refused({ _tag: "TokenInactive", accordingTo: "the issuer" })
const tooLong = /*#__PURE__*/ refused({
  _tag: "MalformedToken",
  problem: `is longer than ${maxTokenLength} characters`,
})

const unavailable = ({ explanation }: AcquireError): Verified =>
  refused({
    _tag: "CheckUnavailable",
    check: "introspection",
    because: printable(explanation.what),
    ...(explanation.retryAfter !== undefined && { retryAfter: explanation.retryAfter }),
  })
