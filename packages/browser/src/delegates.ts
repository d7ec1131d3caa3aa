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

/** What a client needs of a delegation; apart from it, so that only who delegates ships one. */
export class Delegates
  extends /*#__PURE__*/ Context.Service<
    Delegates,
    {
      readonly delegate: (
        subject: Token,
        target: TargetInput,
      ) => Effect.Effect<Token, AcquireError | DelegateError | StoreError>
      /** What is known of the tokens that were traded for, also for logins that are over. */
      readonly known: () => ReadonlyArray<TokenAtHand>
    }
  >()("@bearerkit/browser/Delegates") {}

export const delegatesNothing: Delegates["Service"] = {
  known: () => [],
  delegate: () => Effect.fail(invalidOptions("delegation", "is missing", "Say how: delegation: tokenExchange().")),
}
