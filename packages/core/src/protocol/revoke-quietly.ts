import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { keepAlive } from "../http/background.ts"
import type { Http } from "../http/client.ts"
import { lockHeld } from "../http/lock-held.ts"
import { within } from "../http/within.ts"
import type { TokenSet } from "../model/token-set.ts"
import { warn } from "../telemetry/telemetry.ts"
import type { Client } from "./client.ts"
import type { Discovery } from "./discovery.ts"
import { revoke } from "./revocation.ts"
import type { Secret } from "./secret.ts"

/**
 * Revokes a refresh token that is no longer needed: one attempt, of five seconds at most. A failure is logged; an
 * issuer without a revocation endpoint is skipped.
 *
 * @see RFC 7009 §2
 */
export const revokeQuietly = (client: Client, token: Secret): Effect.Effect<void, never, Discovery | Http> =>
  Effect.catch(
    within("5 seconds", revoke(client, token, "refresh_token"), () => warn(tooLate)),
    (error) => (error.reason._tag === "Unsupported" ? Effect.void : warn(error.message)),
  )

/** The same in the background, whatever has become of the caller's lock. */
export const revokeLater = (
  client: Client,
  token: Secret,
): Effect.Effect<Fiber.Fiber<void>, never, Discovery | Http> => {
  const withoutLock = Effect.provideService(revokeQuietly(client, token), lockHeld, Effect.void)
  return Effect.tap(Effect.forkDetach(withoutLock), keepAlive)
}

/**
 * Runs work with tokens that have arrived; revokes the refresh token if it fails or is interrupted, and waits for that a
 * second at most.
 */
export const orRevoked = <A, E, R>(
  client: Client,
  { refreshToken }: Pick<TokenSet, "refreshToken">,
  work: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R | Discovery | Http> =>
  Effect.onExit(work, ({ _tag }) =>
    _tag === "Failure" && refreshToken !== undefined
      ? Effect.flatMap(revokeLater(client, refreshToken), (revoking) =>
          Effect.raceFirst(Fiber.join(revoking), Effect.sleep(patience)),
        )
      : Effect.void,
  )

/** Milliseconds. */
const patience = 1000

const tooLate = "The issuer gave no answer within 5 s to the revocation of a refresh token."
