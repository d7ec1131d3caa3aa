import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { base, main } from "./command.ts"

/** `script` of util-linux gives a process a terminal of its own. */
export const hasTerminal = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>
  /** Told of the whole screen whenever there is more on it; what it gives is typed. */
  readonly onScreen?: (screen: string) => string | undefined
}

export interface Session {
  readonly screen: string
  readonly code: number
}

/** Runs the real command on a terminal to its end, with nothing of the developer's own environment. */
export const runOnTerminal = (args: ReadonlyArray<string>, options: TerminalOptions): Promise<Session> =>
  runLineOnTerminal(`"$NODE" "$MAIN" ${args.join(" ")}`, options)

/** Runs a line of shell there, in which `"$NODE" "$MAIN"` is the real command. */
export const runLineOnTerminal = async (
  line: string,
  { env, onScreen = () => undefined }: TerminalOptions,
): Promise<Session> => {
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    env: { ...base, SHELL: "/bin/sh", TERM: "xterm", NODE: process.execPath, MAIN: main, ...env },
  })
  let screen = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk
    const keys = onScreen(screen)
    if (keys !== undefined) child.stdin.write(keys)
  })
  const [code]: Array<unknown> = await once(child, "close")
  return { screen, code: code as number }
}
