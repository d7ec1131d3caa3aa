import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { stripVTControlCharacters } from "node:util"

/** The command. */
export const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url))

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>
  /** Told what stands on the terminal, each time that there is more. */
  readonly onOutput?: (screen: string) => void
}

/** What a line of shell shows on a terminal of its own, where `bearerkit` is the real command; without its colours. */
export const onTerminal = async (line: string, { env, onOutput }: TerminalOptions): Promise<string> => {
  const shell = `bearerkit() { "$NODE" "$MAIN" "$@"; }; ${line}`
  const child = spawn("script", ["--quiet", "--return", "--command", shell, "/dev/null"], {
    env: { PATH: process.env["PATH"], SHELL: "/bin/sh", TERM: "xterm", NODE: process.execPath, MAIN: main, ...env },
  })
  let screen = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk
    onOutput?.(screen)
  })
  await once(child, "close")
  // a progress line begins with a carriage return and is gone by the next
  return stripVTControlCharacters(screen)
    .replaceAll("\r\n", "\n")
    .replaceAll(/\r[^\r\n]*(?=\r)|\r/g, "")
}
