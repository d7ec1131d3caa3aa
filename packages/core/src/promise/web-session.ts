import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { sameTarget, type TargetInput } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import type { TokenProvider } from "../provide/token-provider.ts"
import { Session, type SessionView } from "../session/session.ts"
import type { RunOptions } from "./runner.ts"
import type { Subject } from "./subject.ts"

export interface WebSessionOptions {
  readonly view: SessionView
  readonly provider: TokenProvider["Service"]
  /** The target that the person signed in for. */
  readonly target: TargetInput
  readonly ask: (effect: Effect.Effect<Token, AcquireError | StoreError>, options?: RunOptions) => Promise<Token>
}

/** A signed-in person, and tokens on their behalf. */
export class WebSession extends Session {
  readonly #options: WebSessionOptions

  constructor(options: WebSessionOptions) {
    super(options.view)
    this.#options = options
  }

  /**
   * A usable access token: cached while fresh, renewed once for all concurrent requests. Rejects with a `BearerError`.
   *
   * @param target @default the one the person signed in for
   */
  async token(target?: TargetInput, options?: RunOptions): Promise<string> {
    const { provider, ask, target: own } = this.#options
    return Redacted.value((await ask(provider.token(target ?? own), options)).value)
  }

  /** The person as the subject of a delegation. */
  get subject(): Subject {
    const { provider, target } = this.#options
    return {
      name: provider,
      token: provider.token(target),
      own: (wanted) => (sameTarget(wanted, target) ? provider : undefined),
    }
  }
}
