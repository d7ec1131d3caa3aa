import { type NetworkOptions, makeWarn } from "@bearerkit/core"
import type { Context } from "hono"

/** Options made from the bindings of a Worker. */
export type OptionsOf<O, Bindings> = (env: Bindings) => O

/** Starts something once per `env`, and once for all that have the same options. */
export const startedOnce = <O extends Pick<NetworkOptions, "telemetry">, Bindings extends object, S>(
  optionsOf: OptionsOf<O, Bindings>,
  start: (options: O) => S,
): ((c: Context) => S) => {
  const forEnv = new WeakMap<object, S>()
  const withOptions = new WeakMap<object, S>()
  let starts = 0
  const make = (options: O): S => {
    starts += 1
    if (starts === tooMany) makeWarn(options)(newEachTime)
    return start(options)
  }
  return ({ env }) => {
    const bindings = (env ?? nothing) as Bindings
    const known = forEnv.get(bindings)
    if (known !== undefined) return known
    const options = optionsOf(bindings)
    const started = withOptions.get(options) ?? make(options)
    forEnv.set(bindings, started)
    withOptions.set(options, started)
    return started
  }
}

/** More than any program's number of bindings. */
const tooMany = 16

const newEachTime =
  "bearerAuth gets new options with each request: keys are fetched anew, and used proofs forgotten. " +
  "Return the same object each time."

const nothing = {}
