import { beginDeviceAuthorization, completeDeviceAuthorization, type DevicePoll } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import { type LoginScopes, loginScopes, type PersonFlow } from "./person-flow.ts"

/** Options of `deviceCode`. */
export interface DeviceLoginOptions extends LoginScopes {
  /** Shows the person where to go and what to enter there; if it fails, so does the login. @default writes it to stderr */
  readonly onCode?: ((code: DeviceLoginCode) => void | PromiseLike<void>) | undefined
  /** Called after each poll that brought no token. */
  readonly onPoll?: ((poll: DevicePoll) => void) | undefined
}

/** What a person needs to sign in on another device. */
export interface DeviceLoginCode {
  readonly userCode: string
  readonly verificationUri: string
  /** `verificationUri` with the code in it, for a QR code. */
  readonly verificationUriComplete: string | undefined
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/**
 * Has a person sign in on another device, for machines without a browser.
 *
 * @see RFC 8628
 */
export const deviceCode = (options: DeviceLoginOptions = {}): PersonFlow => ({
  grant: "device_code",
  warnings: [],
  scopes: loginScopes(options),
  signIn: Effect.fnUntraced(function* (client, target) {
    const authorization = yield* beginDeviceAuthorization(client, target)
    const { userCode, verificationUri, verificationUriComplete, expiresAt } = authorization
    const code = { userCode, verificationUri, verificationUriComplete, expiresAt }
    yield* Effect.promise(async () => (options.onCode ?? print)(code))
    const { onPoll } = options
    return yield* completeDeviceAuthorization(client, { authorization, target, ...(onPoll && { onPoll }) })
  }),
})

const print = ({ userCode, verificationUri }: DeviceLoginCode): void =>
  void process.stderr.write(`Open ${verificationUri} and enter ${userCode}\n`)
