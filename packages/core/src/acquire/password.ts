import * as Effect from "effect/Effect"
import { invalidCredentials } from "../protocol/rare-refusals.ts"
import type { Classify } from "../protocol/rejection.ts"
import { filledText, type Secret, secretText, wrapped } from "../protocol/secret.ts"
import { definedParams } from "../protocol/defined-params.ts"
import { type Params } from "../protocol/client-request.ts"
import { requestTokenSet } from "../protocol/token-endpoint.ts"
import type { Flow } from "./flow.ts"

/** Options of `password`. */
export interface PasswordOptions {
  readonly username: string
  readonly password: Secret
  /** The connection to look the user up in, for servers that offer the password-realm grant. */
  readonly realm?: string | undefined
}

/**
 * A user's token for a user name and password. OAuth 2.1 removes this grant and RFC 9700 forbids it: only for servers
 * and accounts that allow nothing better.
 *
 * @see RFC 6749 §4.3
 */
export const password = (options: PasswordOptions): Flow => {
  const secret = wrapped(options.password)
  const { username, realm } = options
  return {
    grant: realm === undefined ? "password" : passwordRealm,
    replay: "never",
    discovers: true,
    identity: [username, ...(realm === undefined ? [] : [realm])],
    warnings: [warning],
    acquire: Effect.fnUntraced(function* (client, target) {
      yield* filledText("username", username)
      const text = yield* secretText("password", secret)
      return yield* requestTokenSet(client, target, { params: params(username, text, realm), classify })
    }),
  }
}

const passwordRealm = "http://auth0.com/oauth/grant-type/password-realm"

const params = (username: string, secret: string, realm: string | undefined): Params => [
  ["grant_type", realm === undefined ? "password" : passwordRealm],
  ["username", username],
  ["password", secret],
  ...definedParams({ realm }),
]

const classify: Classify = ({ error }) => (error === "invalid_grant" ? invalidCredentials : undefined)

const warning = {
  name: "password-grant",
  message: "The password grant hands the user's password to this program; OAuth 2.1 has removed it (RFC 9700 §2.4).",
}
