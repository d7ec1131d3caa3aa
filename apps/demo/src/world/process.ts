import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"

/** A program of the demo in a process of its own: it is told an order, and says when it has followed it. */
export interface Process<Order, Answer> extends AsyncDisposable {
  readonly ask: (order: Order) => Promise<Answer>
}

/** Starts a program that answers each message with one of its own. */
export const startProcess = <Order extends object, Answer>(program: URL): Process<Order, Answer> => {
  const child = fork(program)
  return {
    ask: async (order) => {
      const gone = new AbortController()
      const ended = once(child, "exit", gone).then(() => Promise.reject(new Error("a process of the demo has ended")))
      child.send(order)
      const [answer] = (await Promise.race([once(child, "message", gone), ended])) as [Answer]
      ended.catch(() => {})
      gone.abort()
      return answer
    },
    [Symbol.asyncDispose]: () => ending(child),
  }
}

const ending = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}
