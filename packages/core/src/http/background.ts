import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** Keeps the runtime alive until a promise settles, as `waitUntil` does where a request ends with its response. */
export type WaitUntil = (work: Promise<unknown>) => void

/** Called for work that continues when nobody waits for it any more. */
export const Background: Context.Reference<WaitUntil> = /*#__PURE__*/ Context.Reference("@bearerkit/core/Background", {
  defaultValue: (): WaitUntil => () => {},
})

/** Lets a fiber finish after the request that started it is answered. */
export const keepAlive = (fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> =>
  Effect.map(Background, (waitUntil) => waitUntil(Effect.runPromise(Fiber.await(fiber))))
