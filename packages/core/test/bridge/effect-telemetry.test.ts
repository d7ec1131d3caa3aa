import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Tracer from "effect/Tracer"
import { effectTelemetry } from "../../src/bridge/effect-telemetry.ts"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { inSpan, warn } from "../../src/telemetry/telemetry.ts"
import { many, numbered, providing, token } from "../support/numbered-flow.ts"

/** A tracer that keeps its spans. */
const recording = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    },
  })
  return { spans, layer: Layer.succeed(Tracer.Tracer, tracer) }
}

/** A registry of its own, and what it counted. */
const registered = () => {
  const registry: Metric.MetricRegistry = new Map()
  const counts = () =>
    Effect.map(Effect.provideService(Metric.snapshot, Metric.MetricRegistry, registry), (all) =>
      Object.fromEntries(
        all.map(({ id, attributes, state }) => [
          [id, ...Object.values(attributes ?? {})].join(" "),
          "count" in state ? state.count : undefined,
        ]),
      ),
    )
  return { layer: Layer.succeed(Metric.MetricRegistry, registry), counts }
}

describe("effectTelemetry", () => {
  it.effect("makes spans of Effect's own, one inside the other", () =>
    Effect.gen(function* () {
      const { spans, layer } = recording()
      const refused = new AcquireError({ reason: { _tag: "LoginRequired", because: "nobody is signed in" } })
      const inner = inSpan(Effect.succeed(200), {
        name: "http.request",
        attributes: { method: "GET" },
        outcome: (status) => ({ status }),
      })
      const outer = inSpan(Effect.andThen(inner, Effect.fail(refused)), {
        name: "oauth.token",
        attributes: { grant: "g" },
      })
      yield* Effect.flip(Effect.provide(outer, effectTelemetry.pipe(Layer.provideMerge(layer))))
      const [token, request] = spans
      assert.deepStrictEqual(Object.fromEntries(token!.attributes), { grant: "g", "error.type": "login_required" })
      assert.deepStrictEqual(Object.fromEntries(request!.attributes), { method: "GET", status: 200 })
      assert.strictEqual(request!.parent._tag === "Some" && request!.parent.value.spanId, token!.spanId)
      assert.isTrue(spans.every(({ status }) => status._tag === "Ended"))
    }),
  )

  it.effect("warns with Effect's loggers", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
        lines.push([logLevel, ...[message].flat()])
      })
      yield* Effect.provide(warn("it is late"), Layer.merge(effectTelemetry, Logger.layer([logger])))
      assert.deepStrictEqual(lines, [["Warn", "it is late"]])
    }),
  )

  it.effect("counts with Effect's metrics, in the registry that was handed in and in no other", () =>
    Effect.gen(function* () {
      const [one, two] = [registered(), registered()]
      const observedBy = (layer: Layer.Layer<never>) =>
        providing(numbered({ before: Effect.yieldNow }).flow).pipe(
          Layer.provide(effectTelemetry.pipe(Layer.provide(layer))),
        )
      yield* Effect.gen(function* () {
        yield* many(3, token())
        const provider = yield* TokenProvider
        provider.peek({})
      }).pipe(Effect.provide(observedBy(one.layer)))
      yield* Effect.provide(token(), observedBy(two.layer))
      assert.deepStrictEqual(yield* one.counts(), {
        "bearerkit.acquired numbered": 1,
        "bearerkit.coalesced token": 2,
        "bearerkit.cache_hit memory": 1,
      })
      assert.deepStrictEqual(yield* two.counts(), { "bearerkit.acquired numbered": 1 })
    }),
  )
})
