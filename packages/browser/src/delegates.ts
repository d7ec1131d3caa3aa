import {
  type AcquireError,
  type DelegateError,
  invalidOptions,
  type Secret,
  type StoreError,
  type TargetInput,
  type Token,
} from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** What a client needs of a delegation; apart from it, so that only who delegates ships one. */
export class Delegates
  extends /*#__PURE__*/ Context.Service<
    Delegates,
    {
      readonly delegate: (
        subject: Secret,
        target: TargetInput,
      ) => Effect.Effect<Token, AcquireError | DelegateError | StoreError>
    }
  >()("@bearerkit/browser/Delegates") {}

export const delegatesNothing: Delegates["Service"] = {
  delegate: () => Effect.fail(invalidOptions("delegation", "is missing", "Say how: delegation: tokenExchange().")),
}
