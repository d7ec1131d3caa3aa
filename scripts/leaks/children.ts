import type { ChildProcess } from "node:child_process"
import { subscribe } from "node:diagnostics_channel"
import { basename } from "node:path"
import type { Journal } from "./journal.ts"
import { collect } from "./wiretap.ts"

/** Notes what the processes print that this one starts. The command's answer on stdout is a token: that is its purpose. */
export const watchChildren = (journal: Journal, place: () => string): void =>
  subscribe("child_process", (message) => {
    const { process: child } = message as { readonly process: ChildProcess }
    child.once("spawn", () => {
      const name = child.spawnargs
        .map((argument) => basename(argument))
        .join(" ")
        .slice(0, 60)
      const printed = { stderr: child.stderr, stdout: isCommand(child) ? null : child.stdout }
      for (const [stream, from] of Object.entries(printed)) {
        if (from !== null) collect(from, "push", (text) => journal.published(`${stream} of ${name}, ${place()}`, text))
      }
    })
  })

const isCommand = ({ spawnargs }: ChildProcess): boolean =>
  spawnargs.some((argument) => /packages\/cli\/src\/main\.ts|"\$MAIN"/.test(argument))
