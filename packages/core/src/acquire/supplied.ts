import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { within } from "../http/within.ts"
import { printable } from "../model/printable.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Secret } from "../protocol/secret.ts"
import { tokenProblem } from "../protocol/token-text.ts"
import type { Flow } from "./flow.ts"
import { expiryHint } from "./security-token.ts"

/** A token and what its source knows about it. */
export interface SuppliedToken {
  readonly token: Secret
  /** Epoch milliseconds. @default the `exp` of a JWT, else `lifetimeSeconds` from now */
  readonly expiresAt?: number
  /** @default the target's */
  readonly scopes?: ReadonlyArray<string>
}

/** Options of `supplied`. */
export interface SuppliedOptions {
  /** The subject of the token, or another identifier that is not a secret: part of the cache key. */
  readonly subject: string
  /** The token, or a function that provides it within a minute, called again when the last one has expired. */
  readonly token: Secret | SuppliedToken | ((target: Target) => Supply | PromiseLike<Supply>)
  /** The lifetime of a token without a known expiry. @default 300 */
  readonly lifetimeSeconds?: number | undefined
}

/** A token, with or without what is known of it. */
export type Supply = Secret | SuppliedToken

/** A token from elsewhere: a gateway, a sidecar, another library, the environment. */
export const supplied = (options: SuppliedOptions): Flow => {
  const kept = typeof options.token === "string" ? Redacted.make(options.token) : options.token
  return {
    grant: "supplied",
    replay: "safe",
    discovers: false,
    identity: [options.subject],
    warnings: [],
    acquire: Effect.fnUntraced(function* (_, target) {
      if (options.subject === "") return yield* invalidOptions("subject", "is empty, so it tells nobody's tokens apart")
      const supply = typeof kept === "function" ? yield* asked(() => kept(target)) : kept
      return yield* tokenSetOf(supply, target, options.lifetimeSeconds ?? 300)
    }),
  }
}

/** Calls the program's own source, which has a minute. */
export const asked = <A>(provide: () => A | PromiseLike<A>): Effect.Effect<A, AcquireError> => {
  const answer = Effect.tryPromise({
    try: async () => provide(),
    catch: (cause) => (cause instanceof AcquireError ? cause : supplyFailed(`is missing: ${nameOf(cause)}`)),
  })
  return within(patience, answer, () => Effect.fail(supplyFailed("is missing: its source gave no answer within 60 s")))
}

const patience = 60_000

/** Only the name: the message of a foreign error may hold a token. */
const nameOf = (cause: unknown): string =>
  cause instanceof Error ? `its source failed with ${printable(cause.name, 60)}` : "its source failed"

const tokenSetOf = Effect.fnUntraced(function* (supply: Supply, target: Target, lifetimeSeconds: number) {
  const receivedAt = yield* Clock.currentTimeMillis
  const given = isSupplied(supply) ? supply : { token: supply }
  const text = Redacted.isRedacted(given.token) ? Redacted.value(given.token) : given.token
  const problem = tokenProblem(text) ?? optionProblem(given, receivedAt) ?? lifetimeProblem(lifetimeSeconds)
  if (problem !== undefined) return yield* supplyFailed(problem)
  return {
    accessToken: Redacted.make(text),
    tokenType: "Bearer",
    receivedAt,
    // a JWT that seems to have expired is handed out for the API to judge, and requested again next time
    expiresAt: given.expiresAt ?? Math.max(receivedAt, expiryHint(text) ?? receivedAt + lifetimeSeconds * 1000),
    scopes: given.scopes ?? target.scopes,
    presented: "access_token",
  } satisfies TokenSet
})

const isSupplied = (supply: Supply): supply is SuppliedToken =>
  typeof supply === "object" && supply !== null && !Redacted.isRedacted(supply)

const optionProblem = ({ expiresAt, scopes }: SuppliedToken, now: number): string | undefined => {
  if (expiresAt !== undefined && !Number.isSafeInteger(expiresAt)) return "has an expiresAt that is no time"
  if (expiresAt !== undefined && expiresAt < millisecondsEra) return "has an expiresAt in seconds, not milliseconds"
  if (expiresAt !== undefined && expiresAt <= now) return "has ended already (expiresAt)"
  if (scopes === undefined) return undefined
  const valid = Array.isArray(scopes) && scopes.every((scope) => typeof scope === "string" && scope !== "")
  return valid ? undefined : "has scopes that are not a list of words"
}

const lifetimeProblem = (seconds: number): string | undefined =>
  Number.isFinite(seconds) && seconds > 0 ? undefined : "has a lifetimeSeconds that is no time"

/** 1973 in milliseconds, and in seconds the year 5138. */
const millisecondsEra = 1e11

/** @param problem completes "The supplied token …" */
export const supplyFailed = (problem: string): AcquireError =>
  new AcquireError({ reason: { _tag: "SupplyFailed", problem } })
