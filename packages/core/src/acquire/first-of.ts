import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { AcquireError, invalidOptions, type NoLinkAnswered } from "../errors/acquire-error.ts"
import { longestWait } from "../errors/explanation.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import type { Flow, Replay } from "./flow.ts"
import { tell } from "./chain-listener.ts"

/**
 * A credential chain: the first of these flows that yields a token. The `ChainListener` hears which one did, and why
 * those before it failed; if all fail, the error lists each reason.
 */
export const firstOf = (flows: ReadonlyArray<Flow>): Flow => ({
  grant: "first_of",
  replay: strictest(flows),
  // a link that needs no metadata must not fail for want of them
  discovers: flows.length > 0 && flows.every((flow) => flow.discovers),
  identity: flows.map(({ grant, identity }) => JSON.stringify([grant, ...identity])),
  warnings: flows.flatMap((flow) => flow.warnings),
  acquire: (client, target) => (flows.length === 0 ? emptyChain : firstAnswer(flows, client, target)),
})

interface Refusal {
  readonly grant: string
  readonly error: AcquireError
}

/** When retried after a transient failure, it runs only the links whose outcome may have changed. */
const firstAnswer = (
  flows: ReadonlyArray<Flow>,
  client: Client,
  target: Target,
): Effect.Effect<TokenSet, AcquireError, Discovery | Http> => {
  const refusals: Array<Refusal> = []
  return Effect.gen(function* () {
    for (const [index, { grant, acquire }] of flows.entries()) {
      if (refusals[index]?.error.explanation.retryable === false) continue
      const outcome = yield* Effect.result(acquire(client, target))
      if (Result.isSuccess(outcome)) {
        yield* tell({ type: "chain-answered", grant, index, others: refusals.slice(0, index).map(failedLink) })
        return outcome.success
      }
      refusals[index] = { grant, error: outcome.failure }
    }
    const links = refusals.map(({ grant, error }) => ({ grant, reason: error.reason }))
    return yield* new AcquireError({ reason: { _tag: "NoLinkAnswered", links, explanation: together(refusals) } })
  })
}

const together = (refusals: ReadonlyArray<Refusal>): NoLinkAnswered["explanation"] => {
  const each = refusals.map(({ grant, error }) => `${grant}: ${error.explanation.what}`)
  const passing = refusals.map(({ error }) => error.explanation).filter(({ retryable }) => retryable)
  return {
    code: "no_link_answered",
    what: `No flow of the chain gave a token. ${each.join(" ")}`,
    fix: "Correct the one that is meant to work here.",
    retryable: passing.length > 0,
    retryAfter: longestWait(passing.map(({ retryAfter }) => retryAfter)),
  }
}

const failedLink = ({ grant, error }: Refusal) => ({ grant, code: error.explanation.code, message: error.message })

const emptyChain = /*#__PURE__*/ Effect.fail(/*#__PURE__*/ invalidOptions("flows", "is empty: name at least one flow"))

const strictest = (flows: ReadonlyArray<Flow>): Replay => {
  const has = (rule: Replay) => flows.some(({ replay }) => replay === rule)
  if (has("never")) return "never"
  return has("fresh-assertion") ? "fresh-assertion" : "safe"
}
