import { relative } from "node:path"
import { afterAll, expect } from "vitest"
import { watchChildren } from "./children.ts"
import { type Outward, watchEffects, watchTelemetry } from "./effects.ts"
import { journalOfThisProcess } from "./journal.ts"
import { wiretap } from "./wiretap.ts"

const journal = journalOfThisProcess()
const begun = Symbol.for("bearerkit.leaks.begun")

// a worker runs this anew for every file, and keeps what is watched from the first on
if (journal !== undefined && !(begun in globalThis)) {
  Object.assign(globalThis, { [begun]: true })
  const place = (): string => relative(process.cwd(), expect.getState().testPath ?? "")
  const { outward, telemetry } = await fromCore()
  wiretap(journal)
  watchChildren(journal, place)
  watchEffects(journal, place, outward)
  watchTelemetry(telemetry, journal, place)
}

afterAll(() => journal?.flush())

/** By a path that the types of this folder do not follow: the core is checked with its own options. */
async function fromCore() {
  const at = (path: string): string => new URL(`../../packages/core/src/${path}`, import.meta.url).pathname
  const errors = (await import(at("promise/bearer-error.ts"))) as {
    readonly isStageError: (error: Error) => boolean
    readonly toBearerError: (error: Error) => Error
  }
  const { Telemetry } = (await import(at("telemetry/telemetry.ts"))) as {
    readonly Telemetry: Parameters<typeof watchTelemetry>[0]
  }
  const outward: Outward = (error) => (errors.isStageError(error) ? errors.toBearerError(error) : undefined)
  return { outward, telemetry: Telemetry }
}
