import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  AcquireError,
  explainAcquire,
  type FailedFlow,
  invalidOptions,
  type NoLinkAnswered,
} from "../errors/acquire-error.ts"
import { longestWait, sentence } from "../errors/explanation.ts"
import type { Flow, Replay } from "./flow.ts"
import { type FailedLink, tell } from "./chain-listener.ts"

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
  acquire: (client, target) =>
    flows.length === 0 ? emptyChain : firstAnswer(flows, [], (flow) => flow.acquire(client, target)),
})

/** When retried after a transient failure, it asks only the links whose outcome may have changed. */
const firstAnswer = Effect.fnUntraced(function* (
  flows: ReadonlyArray<Flow>,
  failed: Array<FailedFlow>,
  ask: (flow: Flow) => ReturnType<Flow["acquire"]>,
) {
  for (const [index, flow] of flows.entries()) {
    const before = failed[index]
    if (before !== undefined && !explainAcquire(before.reason).retryable) continue
    const outcome = yield* Effect.result(ask(flow))
    const { grant } = flow
    if (Result.isSuccess(outcome)) {
      yield* tell({ type: "chain-answered", grant, index, others: failed.slice(0, index).map(failedLink) })
      return outcome.success
    }
    failed[index] = { grant, reason: outcome.failure.reason }
  }
  return yield* new AcquireError({ reason: noLinkAnswered([...failed]) })
})

const noLinkAnswered = (links: NoLinkAnswered["links"]): NoLinkAnswered => ({
  _tag: "NoLinkAnswered",
  links,
  explanation: together(links),
  retold: (now) => noLinkAnswered(links.map(({ grant, reason }) => ({ grant, reason: now(reason) }))),
})

const together = (links: NoLinkAnswered["links"]): NoLinkAnswered["explanation"] => {
  const each = links.map(({ grant, reason }) => ({ grant, ...explainAcquire(reason) }))
  const passing = each.filter(({ retryable }) => retryable)
  return {
    code: "no_link_answered",
    what: `No flow of the chain gave a token. ${each.map(({ grant, what }) => `${grant}: ${what}`).join(" ")}`,
    fix: "Correct the one that is meant to work here.",
    retryable: passing.length > 0,
    retryAfter: longestWait(passing.map(({ retryAfter }) => retryAfter)),
  }
}

const failedLink = ({ grant, reason }: FailedFlow): FailedLink => {
  const explanation = explainAcquire(reason)
  return { grant, code: explanation.code, message: sentence(explanation) }
}

const emptyChain = /*#__PURE__*/ Effect.fail(/*#__PURE__*/ invalidOptions("flows", "is empty: name at least one flow"))

const strictest = (flows: ReadonlyArray<Flow>): Replay => {
  const has = (rule: Replay) => flows.some(({ replay }) => replay === rule)
  if (has("never")) return "never"
  return has("fresh-assertion") ? "fresh-assertion" : "safe"
}
