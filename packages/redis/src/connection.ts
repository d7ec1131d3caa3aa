import { StoreError, type StoreReason } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { RedisClient, ScriptOptions, Source } from "./client.ts"
import { codeOf, isPassing } from "./failure.ts"
import type { Script } from "./scripts.ts"

/** Runs scripts, each with a timeout. */
export interface Connection {
  readonly run: (operation: Operation, script: Script, input: Input) => Effect.Effect<unknown, StoreError>
}

export interface Input {
  readonly key: string
  readonly args?: ReadonlyArray<string | number>
}

type Operation = Extract<StoreReason, { readonly _tag: "StoreUnavailable" }>["operation"]

/**
 * Waits for a lost connection and sends what was under way again: every script may run twice.
 *
 * @param timeout milliseconds for one script, including reconnections
 */
export const makeConnection = (source: Source, timeout: number): Connection => ({
  run: (operation, script, { key, args = [] }) =>
    Effect.suspend(() => {
      const failed = (cause: unknown) => Effect.fail(unavailable(operation, codeOf(source.problem() ?? cause)))
      let passed: unknown
      const options = { keys: [key], arguments: args.map(String) }
      return Effect.tryPromise({
        try: () => evaluate(source.client(), script, options),
        catch: (cause) => (passed = cause),
      }).pipe(
        Effect.retry({ while: isPassing, schedule: soon }),
        Effect.catch(failed),
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => {
            if (passed === undefined) source.silent()
            return failed(passed ?? silence)
          },
        }),
      )
    }),
})

const evaluate = (client: RedisClient, script: Script, options: ScriptOptions): Promise<unknown> =>
  client
    .evalSha(script.sha1, options)
    .catch((error: unknown) =>
      codeOf(error) === "NOSCRIPT" ? client.eval(script.text, options) : Promise.reject(error),
    )

const soon = /*#__PURE__*/ Schedule.jittered(/*#__PURE__*/ Schedule.spaced("25 millis"))

class TimeoutError extends Error {}
const silence = /*#__PURE__*/ new TimeoutError()

const unavailable = (operation: Operation, detail: string): StoreError =>
  new StoreError({ reason: { _tag: "StoreUnavailable", operation, detail } })
