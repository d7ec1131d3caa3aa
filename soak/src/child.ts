import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** Another process, which is told things and answers, one at a time. */
export interface Child<Ask, Told> {
  readonly ask: (question: Ask) => Promise<Told>
  /** SIGKILL; settles when it is gone. */
  readonly kill: () => Promise<void>
}

/** Starts a file of this folder. */
export const startChild = <Ask extends object, Told>(file: string): Child<Ask, Told> => {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  const gone = once(child, "exit").then((): never => {
    throw new Error(`${file} has ended`)
  })
  gone.catch(() => {})
  let last: Promise<unknown> = Promise.resolve()
  const askNow = async (question: Ask): Promise<Told> => {
    child.send(question)
    const [told] = (await Promise.race([once(child, "message"), gone])) as [Told]
    return told
  }
  return {
    ask: (question) => {
      const told = last.then(() => askNow(question))
      last = told.catch(() => {})
      return told
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill("SIGKILL")
      await once(child, "exit")
    },
  }
}
