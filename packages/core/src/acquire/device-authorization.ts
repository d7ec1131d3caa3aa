import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type Http, jsonOf } from "../http/client.ts"
import { type JsonObject, own, parseJsonObject } from "../model/json.ts"
import type { Invalid } from "../model/invalid.ts"
import type { Target } from "../model/target.ts"
import type { Client } from "../protocol/client.ts"
import { requestAsClient, asAcquire } from "../protocol/client-request.ts"
import { digestOf } from "../protocol/digest.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { malformedAnswer } from "../protocol/malformed.ts"
import { targetParams } from "../protocol/token-endpoint.ts"
import { isTokenText } from "../protocol/token-text.ts"

/** A login that waits for a person at another device (RFC 8628 §3.2). */
export interface DeviceAuthorization {
  /** What the person types in at `verificationUri`; always show it. */
  readonly userCode: string
  readonly verificationUri: string
  /** `verificationUri` with the code in it, for a QR code. */
  readonly verificationUriComplete?: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** Seconds between two polls. */
  readonly interval: number
  readonly deviceCode: Redacted.Redacted<string>
  /** SHA-256 of the device code, in hex. */
  readonly digest: string
}

/**
 * Requests a code that a person enters on another device; `deviceCode` then waits for it.
 *
 * @see RFC 8628 §3.1, §3.2
 */
export const beginDeviceAuthorization: (
  client: Client,
  target: Target,
) => Effect.Effect<DeviceAuthorization, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, target) {
  const endpoint = "deviceAuthorizationEndpoint"
  const answer = yield* requestAsClient(client, { endpoint, params: targetParams(target) })
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  const problem = problemOf(json, wireMembers)
  if (problem !== undefined) return yield* malformedAnswer(answer, `the member ${problem.field} ${problem.problem}`)
  const { device_code: code, verification_uri_complete: complete } = json as unknown as WireAuthorization
  return {
    userCode: String(json["user_code"]),
    verificationUri: String(json["verification_uri"]),
    ...(complete !== undefined && complete !== null && { verificationUriComplete: complete }),
    expiresAt: answer.receivedAt + Number(json["expires_in"]) * 1000,
    interval: Math.max(1, Number(json["interval"] ?? defaultInterval)),
    deviceCode: Redacted.make(code),
    digest: yield* digestOf(code),
  }
})

/** An authorization as text, for a program that ends and comes back. The text is a secret. */
export const encodeDeviceAuthorization = (authorization: DeviceAuthorization): string =>
  JSON.stringify({ ...authorization, version: 1, deviceCode: Redacted.value(authorization.deviceCode) })

/** The inverse of `encodeDeviceAuthorization`; anything else is refused. */
export const decodeDeviceAuthorization = (text: string): Result.Result<DeviceAuthorization, Invalid> =>
  Result.flatMap(parseJsonObject(text), (json) => {
    const wrong = problemOf(json, storedMembers)
    if (wrong !== undefined) return Result.fail(wrong)
    const { version: _version, deviceCode, ...rest } = json as unknown as StoredAuthorization
    return Result.succeed({ ...rest, deviceCode: Redacted.make(deviceCode) })
  })

/** RFC 8628 §3.2 */
const defaultInterval = 5

interface WireAuthorization {
  readonly device_code: string
  readonly verification_uri_complete?: string | null
}

type StoredAuthorization = Omit<DeviceAuthorization, "deviceCode"> & {
  readonly version: number
  readonly deviceCode: string
}

type Members = Readonly<Record<string, readonly [valid: (value: unknown) => boolean, problem: string]>>

const problemOf = (json: JsonObject, members: Members): Invalid | undefined => {
  for (const [field, [valid, problem]] of Object.entries(members)) {
    if (!valid(own(json, field))) return { field, problem }
  }
  return undefined
}

/** Shown to a person: one short line. */
const isUserCode = (value: unknown): boolean =>
  typeof value === "string" && /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(value)
/** Opened in a browser, so no other scheme. */
const isWebUrl = (value: unknown): boolean =>
  typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
const isSeconds = (value: unknown): boolean =>
  (typeof value === "number" || (typeof value === "string" && /^\d{1,9}$/.test(value))) &&
  Number(value) >= 0 &&
  Number(value) < 1e9
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const optional = (valid: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || value === null || valid(value)

const wireMembers: Members = {
  device_code: [isTokenText, "is not a code"],
  user_code: [isUserCode, "is not a code"],
  verification_uri: [isWebUrl, "is not a web address"],
  verification_uri_complete: [optional(isWebUrl), "is not a web address"],
  expires_in: [isSeconds, "is not a number of seconds"],
  interval: [optional(isSeconds), "is not a number of seconds"],
}

const asWritten = "is not as written"
const storedMembers: Members = {
  version: [(value) => value === 1, asWritten],
  deviceCode: [isTokenText, asWritten],
  userCode: [isUserCode, asWritten],
  verificationUri: [isWebUrl, asWritten],
  verificationUriComplete: [(value) => value === undefined || isWebUrl(value), asWritten],
  expiresAt: [isTime, asWritten],
  interval: [(value) => isSeconds(value) && Number(value) >= 1, asWritten],
  digest: [(value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value), asWritten],
}
