import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { CommandError } from "../command-error.ts"

/** Runs the command of `@bearerkit/issuer` with these arguments until it ends or is interrupted. */
export const runIssuer = (args: ReadonlyArray<string>): Effect.Effect<void, CommandError> =>
  Effect.flatMap(findIssuer, (main) =>
    Effect.callback<void, CommandError>((resume) => {
      const child = spawn(process.execPath, [main, ...args], { stdio: "inherit" })
      child.once("error", () => resume(Effect.fail(failed(null))))
      child.once("exit", (code) => resume(code === 0 ? Effect.void : Effect.fail(failed(code))))
      return stop(child)
    }),
  )

const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGTERM")
  })

/** The current project takes precedence over what is installed beside the command. */
const findIssuer: Effect.Effect<string, CommandError> = Effect.suspend(() => {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    const main = issuerFrom(from)
    if (main !== undefined) return Effect.succeed(main)
  }
  return Effect.fail(missing)
})

const issuerFrom = (from: string): string | undefined => {
  try {
    const manifest = createRequire(from).resolve("@bearerkit/issuer/package.json")
    const { bin }: { readonly bin?: Readonly<Record<string, string>> } = JSON.parse(readFileSync(manifest, "utf8"))
    const file = bin?.["bearerkit-issuer"]
    return file === undefined ? undefined : join(dirname(manifest), file)
  } catch {
    return undefined
  }
}

const missing = new CommandError({
  code: "issuer_missing",
  what: "The package @bearerkit/issuer is not installed here.",
  fix: "Run npm install --save-dev @bearerkit/issuer, then bearerkit issuer again in that folder.",
})

const failed = (code: number | null): CommandError => {
  const codes: ReadonlyMap<number | null, CommandError["code"]> = new Map([
    [2, "usage"],
    [6, "unavailable"],
    [7, "invalid_options"],
  ])
  return new CommandError({
    code: codes.get(code) ?? "issuer_failed",
    what: "The issuer has ended with an error.",
    fix: "It says above what is wrong.",
  })
}
