import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { alongside } from "../../src/telemetry/alongside.ts"
import { eventObserver, type TelemetryEvent } from "../../src/telemetry/events.ts"
import { count, inSpan, Telemetry, warn } from "../../src/telemetry/telemetry.ts"
import { observe } from "../support/observed.ts"

describe("alongside", () => {
  it.effect("tells both observers the same, each once", () =>
    Effect.gen(function* () {
      const known = observe()
      const own: Array<TelemetryEvent> = []
      const layer = Layer.provide(
        Layer.effect(Telemetry, alongside(eventObserver((event) => void own.push(event)))),
        known.layer,
      )
      const work = Effect.gen(function* () {
        yield* inSpan(Effect.succeed(200), {
          name: "api.call",
          attributes: { method: "GET" },
          outcome: (status) => ({ status }),
        })
        yield* count("renewed")
        yield* warn("it is late")
      })
      yield* Effect.provide(work, layer)
      assert.deepStrictEqual(
        own.map(({ type }) => type),
        ["span", "count", "warning"],
      )
      assert.deepInclude(own[0], { attributes: { method: "GET", status: 200 } })
      assert.deepStrictEqual(known.events, own)
    }),
  )

  it.effect("keeps the other one told though its own listener is broken", () =>
    Effect.gen(function* () {
      const known = observe()
      const broken = eventObserver(() => {
        throw new Error("the listener is broken")
      })
      yield* Effect.provide(warn("it is late"), Layer.provide(Layer.effect(Telemetry, alongside(broken)), known.layer))
      assert.deepStrictEqual(known.events, [{ type: "warning", message: "it is late" }])
    }),
  )
})
