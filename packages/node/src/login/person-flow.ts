import type { AcquireError, Client, CompletedLogin, Discovery, Http, Target, Warning } from "@bearerkit/core"
import type * as Effect from "effect/Effect"

/** A way to have a person sign in: `loopback()` or `deviceCode()`. Its tokens are kept and renewed. */
export interface PersonFlow {
  readonly grant: string
  readonly warnings: ReadonlyArray<Warning>
  /** Scopes besides those of the target. */
  readonly scopes: ReadonlyArray<string>
  readonly signIn: (client: Client, target: Target) => Effect.Effect<CompletedLogin, AcquireError, Discovery | Http>
}

export interface LoginScopes {
  /**
   * Scopes of the login besides the target's own.
   *
   * @default "openid offline_access", to know who signed in and to renew the login
   */
  readonly scope?: string
}

/** Always includes `openid`: a login without it does not say who signed in. */
export const loginScopes = ({ scope = "openid offline_access" }: LoginScopes): ReadonlyArray<string> => [
  "openid",
  ...scope.split(" ").filter((each) => each !== "" && each !== "openid"),
]
