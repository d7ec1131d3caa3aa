import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { AcquireCode } from "../errors/acquire-error.ts"

/** The outcome of a credential chain: which link succeeded, and why those before it failed. */
export interface ChainAnswered {
  readonly type: "chain-answered"
  /** The link's grant, and its place in the chain from 0. */
  readonly grant: string
  readonly index: number
  readonly others: ReadonlyArray<FailedLink>
}

/** A flow of a chain that gave no token. */
export interface FailedLink {
  readonly grant: string
  readonly code: AcquireCode
  readonly message: string
}

/** Hears the outcome of chains; by default nothing does. What a listener throws is ignored. */
export const ChainListener: Context.Reference<Listen> = /*#__PURE__*/ Context.Reference<Listen>(
  "@bearerkit/core/Listener",
  {
    defaultValue: () => () => {},
  },
)

type Listen = (event: ChainAnswered) => void

/** Tells the listener. */
export const tell = (event: ChainAnswered): Effect.Effect<void> =>
  Effect.flatMap(ChainListener, (listener) =>
    Effect.ignore(Effect.try({ try: () => listener(event), catch: () => undefined })),
  )
