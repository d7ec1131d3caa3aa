import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import { parseTarget, type TargetInput } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Discovery } from "../protocol/discovery.ts"
import type { Lock } from "../store/lock.ts"
import type { TokenStore } from "../store/token-store.ts"
import { beginLogin } from "./login-record.ts"
import { type LoginOptions, makeLoginSource } from "./login-source.ts"
import { makeProvider, TokenProvider } from "./token-provider.ts"

/** What is known of the person who is signed in. */
export interface CurrentLogin {
  readonly idToken: Redacted.Redacted<string> | undefined
}

/** A person's login: it begins with what a flow brought, is renewed by `TokenProvider`, and ends here or at the issuer. */
export class Login
  extends /*#__PURE__*/ Context.Service<
    Login,
    {
      /** Keeps the token set of a flow that a person has completed; it was got for this target. */
      readonly begin: (set: TokenSet, target: TargetInput) => Effect.Effect<void, AcquireError | StoreError>
      readonly current: Effect.Effect<CurrentLogin | undefined, StoreError>
      /** Lets go of everything; a renewal still under way is discarded when it comes back. */
      readonly end: Effect.Effect<void, StoreError>
    }
  >()("@bearerkit/core/Login")
{
  /** The login that a store keeps under a key, and the provider of its tokens. */
  static readonly layer = (
    options: LoginOptions,
  ): Layer.Layer<Login | TokenProvider, never, Discovery | Http | Lock | SingleFlight | TokenStore> =>
    /*#__PURE__*/ Layer.effectContext(makeLogin(options))
}

const makeLogin = Effect.fnUntraced(function* (options: LoginOptions) {
  const source = yield* makeLoginSource(options)
  const provider = yield* makeProvider(source)
  const { logins } = source
  return Context.make(TokenProvider, provider).pipe(
    Context.add(Login, {
      begin: Effect.fnUntraced(function* (set: TokenSet, input: TargetInput) {
        const target = parseTarget(input)
        if (Result.isFailure(target)) {
          return yield* invalidOptions(target.failure.field, target.failure.problem)
        }
        yield* logins.begin(beginLogin(set, JSON.stringify(target.success)))
        yield* provider.forget
      }),
      current: Effect.map(logins.read, (stored) => stored && { idToken: stored.record.idToken }),
      end: Effect.andThen(logins.end(), provider.forget),
    }),
  )
})
