import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { printable } from "../model/printable.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Secret } from "../protocol/secret.ts"
import { tokenProblem } from "../protocol/token-text.ts"
import type { Flow } from "./flow.ts"
import { expiryHint } from "./security-token.ts"

/** A token with what its source knows of it. */
export interface SuppliedToken {
  readonly token: Secret
  /** Epoch milliseconds. @default what a JWT says of itself, else `lifetimeSeconds` from now */
  readonly expiresAt?: number
  /** @default the target's */
  readonly scopes?: ReadonlyArray<string>
}

export interface SuppliedOptions {
  /** Whose token it is, or another name for it that is no secret: part of the cache key. */
  readonly subject: string
  /** The token, or where to ask for it before each use; asked again when the last one has ended. */
  readonly token: Secret | SuppliedToken | ((target: Target) => Supply | PromiseLike<Supply>)
  /** Assumed of a token that does not say when it ends. @default 300 */
  readonly lifetimeSeconds?: number | undefined
}

export type Supply = Secret | SuppliedToken

/** A token that the program gets elsewhere: from a gateway, a sidecar, another library, the environment. */
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

/** What a program's own source provides. */
export const asked = <A>(provide: () => A | PromiseLike<A>): Effect.Effect<A, AcquireError> =>
  Effect.tryPromise({
    try: async () => provide(),
    catch: (cause) => (cause instanceof AcquireError ? cause : supplyFailed(`could not be had: ${nameOf(cause)}`)),
  })

/** Only the name: what a foreign error says may hold a token. */
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
    // a JWT that seems to have ended is handed out, for the API to judge, and asked for again next time
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
