import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { base, main } from "./command.ts"

/** `script` of util-linux gives a process a terminal of its own. */
export const hasTerminal = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>
  /** Told of the whole screen whenever there is more on it; what it gives is typed, or the terminal goes away. */
  readonly onScreen?: (screen: string) => string | typeof hangUp | undefined
}

export const hangUp = Symbol("hang up")

export interface Session {
  readonly screen: string
  readonly code: number
  /** What was written to descriptor 3, which is none of the terminal's. */
  readonly aside: string
}

/** Runs the real command on a terminal to its end, with nothing of the developer's own environment. */
export const runOnTerminal = (args: ReadonlyArray<string>, options: TerminalOptions): Promise<Session> =>
  runLineOnTerminal(`"$NODE" "$MAIN" ${args.join(" ")}`, options)

/** Runs a line of shell there, in which `"$NODE" "$MAIN"` is the real command, until all that it began has ended. */
export const runLineOnTerminal = async (
  line: string,
  { env, onScreen = () => undefined }: TerminalOptions,
): Promise<Session> => {
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    env: { ...base, SHELL: "/bin/sh", TERM: "xterm", NODE: process.execPath, MAIN: main, ...env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  })
  let [screen, aside] = ["", ""]
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk
    const reaction = onScreen(screen)
    if (reaction === hangUp) child.kill("SIGKILL")
    else if (reaction !== undefined) child.stdin.write(reaction)
  })
  child.stdio[3]?.on("data", (chunk: Buffer) => (aside += chunk.toString()))
  const [code]: Array<unknown> = await once(child, "close")
  return { screen, code: code as number, aside }
}
