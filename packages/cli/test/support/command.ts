import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

/** Nothing is kept there: a test that wants to keep something has `stateFolder`. */
const nowhere = join(tmpdir(), "bearerkit-cli-nothing-kept")

/** What a process needs, and a place to keep its compiled modules, which starts it sooner. */
export const base = {
  PATH: process.env["PATH"],
  NODE_COMPILE_CACHE: join(tmpdir(), "bearerkit-compile-cache"),
  XDG_CACHE_HOME: join(tmpdir(), "bearerkit-compile-cache"),
  XDG_STATE_HOME: nowhere,
  BEARERKIT_NO_STORE: "1",
}

export interface StateFolder extends AsyncDisposable {
  readonly path: string
  /** Has commands keep their tokens there. */
  readonly env: Readonly<Record<string, string>>
}

/** A place for tokens and logins that is gone in the end. */
export const stateFolder = async (): Promise<StateFolder> => {
  const path = await mkdtemp(join(tmpdir(), "bearerkit-cli-state-"))
  return {
    path,
    env: { XDG_STATE_HOME: path, BEARERKIT_NO_STORE: "0" },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly process: ChildProcessWithoutNullStreams
  readonly outcome: Promise<Outcome>
}

/** Starts the real command with nothing of the developer's own environment but what a process needs. */
export const startCommand = (args: ReadonlyArray<string>, { env = {} }: CommandOptions = {}): RunningCommand => {
  const child = spawn(process.execPath, [main, ...args], { env: { ...base, ...env } })
  return { process: child, outcome: outcomeOf(child) }
}

/** Runs the real command to its end. */
export const runCommand = (args: ReadonlyArray<string>, options: CommandOptions = {}): Promise<Outcome> => {
  const { process: child, outcome } = startCommand(args, options)
  // a command that does not read stdin may be gone before it is written
  child.stdin.on("error", () => {})
  child.stdin.end(options.stdin ?? "")
  return outcome
}

/** Runs a line of shell, in which `bearerkit` is the real command. */
export const runShell = (line: string, { env = {} }: CommandOptions = {}): Promise<Outcome> => {
  const child = spawn("bash", ["--norc", "-c", `set -o pipefail; bearerkit() { "$NODE" "$MAIN" "$@"; }; ${line}`], {
    env: { ...base, NODE: process.execPath, MAIN: main, ...env },
  })
  child.stdin.end()
  return outcomeOf(child)
}

const outcomeOf = async (child: ChildProcessWithoutNullStreams): Promise<Outcome> => {
  let stdout = ""
  let stderr = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk))
  const [code, signal]: Array<unknown> = await once(child, "close")
  return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr }
}
