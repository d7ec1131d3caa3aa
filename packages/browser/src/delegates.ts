import {
  type AcquireError,
  type DelegateError,
  invalidOptions,
  type StoreError,
  type TargetInput,
  type Token,
  type TokenAtHand,
} from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** The delegation of a client; without its code, which only a client that delegates needs. */
export class Delegates
  extends /*#__PURE__*/ Context.Service<
    Delegates,
    {
      readonly delegate: (
        subject: Token,
        target: TargetInput,
      ) => Effect.Effect<Token, AcquireError | DelegateError | StoreError>
      /** Describes the traded tokens, also those of logins that have ended. */
      readonly known: () => ReadonlyArray<TokenAtHand>
    }
  >()("@bearerkit/browser/Delegates") {}

export const delegatesNothing: Delegates["Service"] = {
  known: () => [],
  delegate: () => Effect.fail(invalidOptions("delegation", "is missing", "Say how: delegation: tokenExchange().")),
}
