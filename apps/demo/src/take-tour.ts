import { performance } from "node:perf_hooks"
import type { Reporter } from "./report.ts"
import type { Outcome, Skipped, Step, Told } from "./step/step.ts"
import { toldError } from "./told-error.ts"
import type { World } from "./world/world.ts"

/** Takes the steps one after the other and reports each as it ends; whether all of them held. */
export const takeTour = async (
  steps: ReadonlyArray<Step>,
  world: World,
  { report, signal }: { readonly report: Reporter; readonly signal: AbortSignal },
): Promise<boolean> => {
  let held = true
  for (const step of steps) {
    signal.throwIfAborted()
    const outcome = await take(step, world, signal)
    report.outcome(outcome)
    held &&= !("ok" in outcome) || outcome.ok
  }
  return held
}

const stepTimeout = 60_000

const take = async (step: Step, world: World, signal: AbortSignal): Promise<Outcome> => {
  const begun = performance.now()
  const ms = (): number => Math.round(performance.now() - begun)
  try {
    const told: Skipped | Told = await step.take(world, AbortSignal.any([signal, AbortSignal.timeout(stepTimeout)]))
    return "skipped" in told ? { step: step.name, ...told } : { step: step.name, ok: true, ms: ms(), told }
  } catch (error) {
    signal.throwIfAborted()
    return { step: step.name, ok: false, ms: ms(), error: toldError(error) }
  }
}
