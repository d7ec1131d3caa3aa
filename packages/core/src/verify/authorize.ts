import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { CheckUnavailable, TokenInactive, VerifyError } from "../errors/verify-error.ts"
import { within } from "../http/within.ts"
import type { Claims } from "../model/claims.ts"
import { after, afterSuccess, type MaybePromise } from "../model/maybe-promise.ts"
import type { Principal } from "../model/principal.ts"
import type { IncomingRequest } from "../protocol/same-origin.ts"
import { type AuthorizeOptions, parseAuthorizeOptions } from "./authorize-options.ts"
import { typeClaims } from "./claims-schema.ts"
import { type Credentials, credentialsReader } from "./credentials.ts"
import { invalidOptions } from "./key-source.ts"
import { makeRefuse, type Refusal } from "./refusal.ts"
import type { RefusalReason } from "./refusal-reason.ts"
import type { Requirement } from "./requirements.ts"
import { bearerOnly, type CheckSender } from "./sender.ts"
import { makeTokenVerifier } from "./token-verifier.ts"
import type { Network } from "./trusted-issuer.ts"
import type { Verified } from "./verified.ts"

/** The caller of an API and its token. */
export interface Caller<C = Claims> {
  readonly principal: Principal<C>
  /** The principal with the token's claims, before any schema. */
  readonly verified: Principal
  readonly scheme: Credentials["scheme"]
  /** The token that the caller sent, for acting on the caller's behalf. */
  readonly token: Redacted.Redacted<string>
}

/** The caller; `undefined` if a token is optional and there is none; or the refusal. */
export type Authorized<C = Claims> = Result.Result<Caller<C> | undefined, Refusal>

/** Decides which requests of an API are answered. */
export interface Authorizer<C = Claims> {
  /** Synchronous if the key is cached and the platform allows it, else a promise. */
  readonly authorize: (request: IncomingRequest) => MaybePromise<Authorized<C>>
  /** Checks a further requirement: the refusal of a caller who does not meet it. An anonymous caller meets none. */
  readonly demand: (
    caller: Caller<unknown> | undefined,
    requirement: (...asked: Parameters<Requirement>) => RefusalReason | undefined,
  ) => Refusal | undefined
}

/**
 * Decides who may call an API, for any framework: a request goes in, a caller or the refusal comes out as data. Fails
 * with `InvalidOptions`, before any request is seen, if the options are not safe.
 *
 * @see RFC 6750, RFC 9068 §4, RFC 9470
 */
export const makeAuthorizer: <C = Claims>(
  options: AuthorizeOptions<C>,
) => Effect.Effect<Authorizer<C>, VerifyError, Network> = Effect.fnUntraced(function* <C>(
  options: AuthorizeOptions<C>,
) {
  const plan = parseAuthorizeOptions(options)
  if (Result.isFailure(plan)) return yield* invalidOptions(plan.failure)
  const clock = yield* Clock.Clock
  const verifier = yield* makeTokenVerifier(options)
  const { recall } = verifier
  const dpop = options.dpop && (yield* options.dpop.open)
  const checkSender: CheckSender = dpop?.check ?? bearerOnly
  const read = credentialsReader({ cookie: plan.success.cookie, dpop: dpop !== undefined })
  const refuse = makeRefuse({ ...plan.success.challenge, dpop })
  const now = () => clock.currentTimeMillisUnsafe() / 1000
  const run = Effect.runPromiseWith(yield* Effect.context())
  const permit = makePermit(options, { requirements: plan.success.requirements, now, run })

  const refused = (reason: RefusalReason, scheme?: Credentials["scheme"]) => Result.fail(refuse(reason, scheme))

  const judge = (known: Verified, credentials: Credentials, request: IncomingRequest): MaybePromise<Authorized<C>> => {
    if (Result.isFailure(known)) return refused(known.failure.reason, credentials.scheme)
    const verified = known.success
    return after(checkSender({ principal: verified, credentials, request }), (sent): MaybePromise<Authorized<C>> => {
      if (Result.isFailure(sent)) return refused(sent.failure, credentials.scheme)
      return after(permit(verified), (permitted) =>
        Result.isFailure(permitted)
          ? refused(permitted.failure, credentials.scheme)
          : Result.succeed(new Admitted(permitted.success, verified, credentials)),
      )
    })
  }
  return {
    authorize: (request) => {
      // A cached token was well-formed, so its header need not be checked again.
      const token = tokenAfterBearer(request)
      const known = recall?.(token)
      if (known !== undefined) return judge(known, { scheme: "Bearer", token }, request)
      const credentials = read(request)
      if (Result.isFailure(credentials)) {
        const { failure } = credentials
        return options.optional === true && failure._tag === "MissingCredentials" ? nobody : refused(failure)
      }
      const { success } = credentials
      return after(verifier.verify(success.token), (verified) => judge(verified, success, request))
    },
    demand: (caller, requirement) => {
      if (caller === undefined) return refuse({ _tag: "MissingCredentials" })
      const unmet = requirement(caller.verified, now())
      return unmet && refuse(unmet, caller.scheme)
    },
  } satisfies Authorizer<C>
})

/** Few handlers read the token, so it is wrapped lazily: `Redacted` burdens the garbage collector. */
class Admitted<C> implements Caller<C> {
  readonly principal: Principal<C>
  readonly verified: Principal
  readonly scheme: Credentials["scheme"]
  readonly #token: string

  constructor(principal: Principal<C>, verified: Principal, { scheme, token }: Credentials) {
    this.principal = principal
    this.verified = verified
    this.scheme = scheme
    this.#token = token
  }

  get token(): Redacted.Redacted<string> {
    return Redacted.make(this.#token)
  }
}

type Judged<C> = Result.Result<Principal<C>, RefusalReason>

const nobody = /*#__PURE__*/ Result.succeed(undefined)

const tokenAfterBearer = ({ headers }: IncomingRequest): string => {
  const header = headers.get("authorization")
  return header?.startsWith("Bearer ") ? header.slice(7) : ""
}

interface PermitPlan {
  readonly requirements: ReadonlyArray<Requirement>
  readonly now: () => number
  readonly run: <A>(effect: Effect.Effect<A>) => Promise<A>
}

/** The checks that run for each request, even if its token is cached. */
const makePermit = <C>(
  { claims: schema, isRevoked }: AuthorizeOptions<C>,
  { requirements, now, run }: PermitPlan,
): ((principal: Principal) => MaybePromise<Judged<C>>) => {
  const typed = (principal: Principal): MaybePromise<Judged<C>> =>
    // Without a schema the claims stay as they are.
    schema === undefined ? Result.succeed(principal as Principal<C>) : typeClaims(schema, principal)
  return (principal) => {
    for (const requirement of requirements) {
      const unmet = requirement(principal, now())
      if (unmet !== undefined) return Result.fail(unmet)
    }
    if (isRevoked === undefined) return typed(principal)
    return afterSuccess(typed(principal), (principal) => run(unlessRevoked(principal, isRevoked)))
  }
}

const patience = 5_000

const unlessRevoked = <C>(
  principal: Principal<C>,
  isRevoked: (principal: Principal<C>) => MaybePromise<boolean>,
): Effect.Effect<Judged<C>> => {
  const answer = async (): Promise<Judged<C>> => {
    try {
      // Only `false` counts as "not revoked".
      return (await isRevoked(principal)) === false ? Result.succeed(principal) : Result.fail(inactive)
    } catch {
      return Result.fail(unknown)
    }
  }
  return within(patience, Effect.promise(answer), () => Effect.succeed(Result.fail(unknown)))
}

const inactive: TokenInactive = { _tag: "TokenInactive", accordingTo: "this API" }

const unknown: CheckUnavailable = {
  _tag: "CheckUnavailable",
  check: "revocation",
  because: "isRevoked failed or took too long.",
}
