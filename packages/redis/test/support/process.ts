import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { setTimeout as wait } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import type { Ask, Told } from "./worker.ts"

const program = fileURLToPath(new URL("./worker.ts", import.meta.url))

/** Another process. */
export interface Worker extends AsyncDisposable {
  readonly ask: (question: Ask) => Promise<Told>
  /** Settles when it has stopped itself. */
  readonly stopped: () => Promise<void>
  readonly goOn: () => void
  readonly kill: () => Promise<void>
}

export const startWorker = async (): Promise<Worker> => {
  const child = fork(program)
  await once(child, "message")
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  return {
    ask: async (question) => {
      child.send(question)
      const [told] = (await once(child, "message")) as [Told]
      return told
    },
    stopped: async () => {
      while (!(await isStopped(child))) await wait(5)
    },
    goOn: () => void child.kill("SIGCONT"),
    kill,
    [Symbol.asyncDispose]: kill,
  }
}

const isStopped = async ({ pid }: ChildProcess): Promise<boolean> =>
  / T /.test((await readFile(`/proc/${pid}/stat`, "utf8")).replace(/.*\)/s, ""))
