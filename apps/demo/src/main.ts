import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { addresses } from "./addresses.ts"
import { help, type Options, parseOptions } from "./options.ts"
import { jsonReporter, print, textReporter } from "./report.ts"
import { installServices } from "./services.ts"
import { tour } from "./step/tour.ts"
import { takeTour } from "./take-tour.ts"
import { startWorld } from "./world/world.ts"

const main = async (options: Options, stop: AbortSignal): Promise<boolean> => {
  if (process.env["CI"] === "true") await installServices()
  const steps = tour.filter((step) => step.name.startsWith(options.only))
  if (steps.length === 0) throw new Error(`--only ${options.only}: no step begins so`)
  if (options.audit !== undefined) await writeFile(options.audit, "")
  const report = options.json ? jsonReporter() : textReporter()
  await using world = await startWorld(options.broken)
  report.welcome(world)
  // a broken world is not worth the start
  if (options.broken === undefined) for (const step of steps) step.prepare?.(world)
  const held = await takeTour(steps, world, { report, signal: stop })
  report.farewell(held)
  if (options.audit !== undefined) await writeFile(options.audit, auditOf(world.issuer.audit))
  if (options.once) return held
  if (!options.json) print(...addresses(world))
  if (!stop.aborted) await once(stop, "abort")
  return held
}

const auditOf = (entries: ReadonlyArray<object>): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")

const stopping = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort())

const usage = (error: unknown): never => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)} (--help tells more)`)
  process.exit(2)
}

const read = (): Options => {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    return usage(error)
  }
}

const options = read()
if (options.help) print(help)
else {
  try {
    process.exitCode = (await main(options, stopping.signal)) ? 0 : 1
  } catch (error) {
    if (stopping.signal.aborted) process.exitCode = 130
    else usage(error)
  }
}
