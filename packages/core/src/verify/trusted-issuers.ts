import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import { timeFrom } from "../http/clock.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { within } from "../http/within.ts"
import { makeCompactParser } from "../jws/compact.ts"
import { parseStrictObject } from "../jws/strict-json.ts"
import { printable } from "../model/printable.ts"
import { putNewest } from "../model/put-newest.ts"
import { type Verifier, verifierOf } from "./access-token.ts"
import { invalidOptions } from "./key-source.ts"
import type { TokenOrigin } from "./token-verifier.ts"
import { makeIssuerVerifier, type Network, type TrustedIssuer } from "./trusted-issuer.ts"
import type { Verified } from "./verified.ts"
import { own } from "../model/json.ts"

/**
 * Several issuers, each with its own rules. Nothing is fetched for a token whose `iss` is not exactly one of theirs.
 *
 * @see RFC 8725 §3.8
 */
export const trustedIssuers = (issuers: ReadonlyArray<TrustedIssuer>): TokenOrigin => ({
  open: Effect.suspend(() => makeList(issuers)),
})

/**
 * Finds the issuer of a token among tenants. A tenant is cached for ten minutes; an unknown one is looked up each time.
 * While the answer stays the same, the issuer's keys are kept; a new `keys` or `cache` value counts as a change, so
 * create those once, outside. It may take five seconds; while it fails, known tenants stay. `issuer` comes from an
 * unverified token.
 */
export type FindIssuer = (issuer: string) => TrustedIssuer | undefined | Promise<TrustedIssuer | undefined>

/** Options of `tenants`. */
export interface TenantsOptions {
  /**
   * How many tenants are cached; an evicted one costs another lookup and another fetch of its keys.
   *
   * @default 1000
   */
  readonly capacity?: number | undefined
}

/** One issuer per tenant, looked up by the `iss` of a token. */
export const tenants = (find: FindIssuer, { capacity = 1000 }: TenantsOptions = {}): TokenOrigin => ({
  open: Effect.map(
    Effect.suspend(() => makeTenants(find, capacity)),
    byIssuer,
  ),
})

/** A verifier that delegates each token to that of its issuer. */
const byIssuer = (find: (issuer: string) => FoundVerifier | Promise<FoundVerifier>): Verifier => {
  const issuerIn = makeIssuerParser()
  return verifierOf((token) => {
    const issuer = issuerIn(token)
    if (Result.isFailure(issuer)) return refused(issuer.failure)
    const found = find(issuer.success)
    return found instanceof Promise ? found.then((found) => delegate(found, token)) : delegate(found, token)
  })
}

/** The verifier of an issuer, or why there is none. */
type FoundVerifier = Result.Result<Verifier, VerifyReason>

const delegate = (found: FoundVerifier, token: string): Verified | Promise<Verified> =>
  Result.isFailure(found) ? refused(found.failure) : found.success.verify(token)

const makeList = Effect.fnUntraced(function* (issuers: ReadonlyArray<TrustedIssuer>) {
  const verifiers = new Map<string, FoundVerifier>()
  const memories: Array<Recall> = []
  if (issuers.length === 0) return yield* invalidOptions({ field: "issuers", problem: "must name at least one" })
  for (const issuer of issuers) {
    if (verifiers.has(issuer.issuer)) {
      return yield* invalidOptions({ field: "issuers", problem: `names ${printable(issuer.issuer)} twice` })
    }
    const verifier = yield* makeIssuerVerifier(issuer)
    verifiers.set(issuer.issuer, Result.succeed(verifier))
    if (verifier.recall !== undefined) memories.push(verifier.recall)
  }
  const { verify, check } = byIssuer((issuer) => verifiers.get(issuer) ?? unknown(issuer))
  return { verify, check, recall: firstOf(memories) } satisfies Verifier
})

type Recall = NonNullable<Verifier["recall"]>

/** No need to know the issuer of the token: only the verifier that accepted it has it cached. */
const firstOf =
  (memories: ReadonlyArray<Recall>): Recall =>
  (token) => {
    for (const recall of memories) {
      const known = recall(token)
      if (known !== undefined) return known
    }
    return undefined
  }

const tenantLifetime = 600_000

interface Tenant {
  readonly options: TrustedIssuer
  readonly found: FoundVerifier
  /** Milliseconds of a monotonic clock. */
  readonly until: number
}

/** Known tenants are plain data; only concurrent lookups of one tenant share a promise. */
const makeTenants = Effect.fnUntraced(function* (find: FindIssuer, capacity: number) {
  if (!(Number.isInteger(capacity) && capacity > 0))
    return yield* invalidOptions({ field: "tenants.capacity", problem: "must be a whole number above 0" })
  const time = timeFrom(yield* Clock.Clock)
  const context = yield* Effect.context<Network>()
  const tenants = new Map<string, Tenant>()
  const ask = Effect.fnUntraced(function* (issuer: string) {
    const before = tenants.get(issuer)
    const asked = answerOf(find, issuer)
    // A tenant stays known while lookups fail.
    const options = yield* before === undefined ? asked : Effect.orElseSucceed(asked, () => before.options)
    if (options === undefined || options.issuer !== issuer) {
      tenants.delete(issuer)
      return unknown(issuer)
    }
    // A verifier's keys and cache outlive a lookup; the same answer often comes as a new object.
    const found: FoundVerifier =
      before !== undefined && Equal.equals(before.options, options)
        ? before.found
        : Result.succeed(yield* makeIssuerVerifier(options))
    putNewest(tenants, [issuer, { options, found, until: time() + tenantLifetime }], capacity)
    return found
  })
  const flights = yield* (yield* SingleFlight).make({ capacity: 1, lookup: ask, expiresAt: () => 0 })
  const run = Effect.runPromiseWith(context)
  return (issuer: string): FoundVerifier | Promise<FoundVerifier> => {
    const known = tenants.get(issuer)
    if (known !== undefined && time() < known.until) {
      putNewest(tenants, [issuer, known], capacity)
      return known.found
    }
    return run(Effect.catch(flights.get(issuer), ({ reason }) => Effect.succeed(Result.fail(reason))))
  }
})

const patience = 5_000

const answerOf = (find: FindIssuer, issuer: string): Effect.Effect<TrustedIssuer | undefined, VerifyError> =>
  within(patience, Effect.tryPromise({ try: async () => find(issuer), catch: () => unavailable("failed") }), () =>
    Effect.fail(unavailable("gave no answer in time")),
  )

/** @param problem completes "The function that finds issuers …" */
const unavailable = (problem: string): VerifyError =>
  new VerifyError({
    reason: { _tag: "CheckUnavailable", check: "issuers", because: `The function that finds issuers ${problem}.` },
  })

/** Reads only `iss`; the issuer's verifier parses the token again, with its own rules. */
const makeIssuerParser = (): ((token: string) => Result.Result<string, VerifyReason>) => {
  const parseCompact = makeCompactParser()
  return (token) => {
    const jws = parseCompact(token)
    if (Result.isFailure(jws)) return malformed(jws.failure)
    const claims = parseStrictObject(jws.success.payload)
    if (Result.isFailure(claims)) return malformed(`has a payload that ${claims.failure}`)
    const iss = own(claims.success, "iss")
    return typeof iss === "string" ? Result.succeed(iss) : Result.fail(wrongIssuer)
  }
}

const malformed = (problem: string): Result.Result<never, VerifyReason> =>
  Result.fail({ _tag: "MalformedToken", problem })

const wrongIssuer: VerifyReason = { _tag: "ClaimMismatch", claim: "iss", expected: "one of the issuers of this API" }

const unknown = (issuer: string): Result.Result<never, VerifyReason> =>
  Result.fail({ ...wrongIssuer, actual: printable(issuer) })

const refused = (reason: VerifyReason): Verified => Result.fail(new VerifyError({ reason }))
