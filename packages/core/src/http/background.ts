import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** Keeps a runtime awake until a promise is settled, as `waitUntil` does where a request is stopped with its answer. */
export type WaitUntil = (work: Promise<unknown>) => void

/** Told of work that goes on when nobody waits for it any more. */
export const Background: Context.Reference<WaitUntil> = /*#__PURE__*/ Context.Reference("@bearerkit/core/Background", {
  defaultValue: (): WaitUntil => () => {},
})

/** Lets a fiber finish although the request that began it is answered. */
export const keepAlive = (fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> =>
  Effect.map(Effect.service(Background), (waitUntil) => waitUntil(Effect.runPromise(Fiber.await(fiber))))
