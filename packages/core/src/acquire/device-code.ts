import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { authorizationPending, slowDown } from "../protocol/rare-refusals.ts"
import type { Classify } from "../protocol/rejection.ts"
import { revokeLater } from "../protocol/revoke-quietly.ts"
import { requestTokenSet } from "../protocol/token-endpoint.ts"
import type { DeviceAuthorization } from "./device-authorization.ts"
import type { Flow } from "./flow.ts"

/** Options of `deviceCode`. */
export interface DeviceCodeOptions {
  /** Called after each poll that brought no token. */
  readonly onPoll?: ((poll: DevicePoll) => void) | undefined
}

/** An answer of the issuer to a device that waits for its person. */
export interface DevicePoll {
  /** `pending`: the person has not finished. `slowed`: the server asks for longer pauses. `failed`: no usable answer came. */
  readonly outcome: "failed" | "pending" | "slowed"
  /** Seconds until the next poll. */
  readonly interval: number
}

/**
 * Waits until a person has entered the code on another device. Polls as often as the server allows, continues when the
 * network fails, and fails with `expired_token` or `access_denied`.
 *
 * @see RFC 8628 §3.4, §3.5
 */
export const deviceCode = (authorization: DeviceAuthorization, options: DeviceCodeOptions = {}): Flow => ({
  grant: deviceCodeGrant,
  replay: "never",
  discovers: true,
  identity: [authorization.digest],
  warnings: [],
  acquire: (client, target) => waiting(authorization, options, pollOnce(authorization, client, target)),
})

const deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code"

type Poll = Effect.Effect<TokenSet, AcquireError, Http | Discovery>

const pollOnce = ({ deviceCode }: DeviceAuthorization, client: Client, target: Target): Poll =>
  requestTokenSet(client, target, {
    params: [
      ["grant_type", deviceCodeGrant],
      ["device_code", Redacted.value(deviceCode)],
    ],
    classify,
    rescue: revokeLater,
  })

const waiting = Effect.fnUntraced(function* (
  authorization: DeviceAuthorization,
  { onPoll }: DeviceCodeOptions,
  poll: Poll,
) {
  let interval = authorization.interval
  for (;;) {
    yield* pause(authorization, interval)
    const step = yield* Effect.matchEffect(poll, {
      onSuccess: Effect.succeed,
      onFailure: (error) => next(error, interval),
    })
    if (!("outcome" in step)) return step
    interval = step.interval
    yield* Effect.sync(() => onPoll?.(step))
  }
})

/** Sleeps for the interval; fails as soon as the code has expired. */
const pause = Effect.fnUntraced(function* ({ expiresAt }: DeviceAuthorization, interval: number) {
  const left = expiresAt - (yield* Clock.currentTimeMillis)
  yield* Effect.sleep(Duration.millis(Math.max(0, Math.min(interval * 1000, left))))
  if ((yield* Clock.currentTimeMillis) >= expiresAt) {
    return yield* new AcquireError({ reason: { _tag: "DeviceCodeExpired" } })
  }
})

const next = (error: AcquireError, interval: number): Effect.Effect<DevicePoll, AcquireError> => {
  const { code, retryable, retryAfter } = error.explanation
  const asked = retryAfter === undefined ? 0 : Duration.toSeconds(retryAfter)
  if (code === "authorization_pending") return Effect.succeed({ outcome: "pending", interval })
  if (code === "slow_down") return Effect.succeed({ outcome: "slowed", interval: Math.max(interval + 5, asked) })
  // RFC 8628 §3.5: less often after a failure of the network
  if (retryable) return Effect.succeed({ outcome: "failed", interval: Math.max(interval * 2, asked) })
  return Effect.fail(error)
}

const classify: Classify = ({ error }) => {
  if (error === "authorization_pending") return authorizationPending
  if (error === "slow_down") return slowDown
  return error === "expired_token" ? error : undefined
}
