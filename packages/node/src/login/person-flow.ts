import type { AcquireError, Client, CompletedLogin, Discovery, Http, Target, Warning } from "@bearerkit/core"
import type * as Effect from "effect/Effect"

/** A way to have a person sign in: `loopback()` or `deviceCode()`. What it brings is kept and renewed. */
export interface PersonFlow {
  readonly grant: string
  readonly warnings: ReadonlyArray<Warning>
  /** What is asked for besides the target. */
  readonly scopes: ReadonlyArray<string>
  readonly signIn: (client: Client, target: Target) => Effect.Effect<CompletedLogin, AcquireError, Discovery | Http>
}

export interface LoginScopes {
  /**
   * What the login is to bring besides the target's own scopes.
   *
   * @default "openid offline_access", which tells who it is and lets the login be renewed
   */
  readonly scope?: string
}

/** `openid` is always among them: a login without it does not say who signed in. */
export const loginScopes = ({ scope = "openid offline_access" }: LoginScopes): ReadonlyArray<string> => [
  "openid",
  ...scope.split(" ").filter((each) => each !== "" && each !== "openid"),
]
