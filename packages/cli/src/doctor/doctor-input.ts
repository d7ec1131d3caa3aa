import * as Effect from "effect/Effect"
import { clientIdentity } from "../client/client.ts"
import { required } from "../client/required.ts"
import type { CommandError } from "../command-error.ts"
import type { ClientOptions } from "../option/client.ts"
import type { DoctorOptions } from "../option/doctor.ts"
import type { DoctorInput } from "./examine.ts"

/** What to check, from the options; the client only if it is named. */
export const doctorInputOf: (
  options: ClientOptions,
  doctor: DoctorOptions,
) => Effect.Effect<DoctorInput, CommandError> = Effect.fnUntraced(function* (options, { redirectUri, origin }) {
  const { timeout = 10, allowInsecureRequests } = options
  const issuer = yield* required("issuer", options.issuer)
  const rest = { issuer, origins: origin, timeout, allowInsecureRequests }
  if (options.clientId === undefined) return { ...rest, client: undefined, method: "none", redirectUris: [] }
  const { clientId, clientAuth, method, confidential } = yield* clientIdentity(options)
  const redirectUris = redirectUri.length > 0 || confidential ? redirectUri : [nativeRedirectUri]
  return { ...rest, client: { issuer, clientId, clientAuth }, method, redirectUris }
})

/** That of a native app, on an unregistered port (RFC 8252 §7.3). */
const nativeRedirectUri = "http://127.0.0.1:49152/callback"
