import * as Effect from "effect/Effect"

/** Whether a person can be prompted: the question goes to stderr and the answer comes from stdin. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY

/** Prompts for one line without echo; it is empty where the terminal goes away. Ctrl-C interrupts. */
export const askHidden = (question: string): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const { stdin, stderr } = process
    let typed: ReadonlyArray<string> = []
    let asking = true
    const restore = (): void => {
      if (!asking) return
      asking = false
      stdin.off("data", onData).off("end", onGone)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write("\n")
    }
    const onGone = (): void => finish(Effect.succeed(""))
    const onData = (keys: string): void => {
      if (keys.startsWith("\x1b")) return
      for (const key of keys) {
        if (key === "\x03") return finish(Effect.interrupt)
        if (key === "\r" || key === "\n" || key === "\x04") return finish(Effect.succeed(typed.join("")))
        typed = afterKey(typed, key)
      }
    }
    const finish = (answer: Effect.Effect<string>): void => {
      restore()
      resume(answer)
    }
    // a terminal that has gone cannot be given back either, so the listener of errors stays
    stdin.on("end", onGone).on("error", onGone)
    // first, as a fast typist could answer before the echo is off
    stdin.setEncoding("utf8").setRawMode(true).on("data", onData).resume()
    stderr.write(question)
    return Effect.sync(restore)
  })

const afterKey = (typed: ReadonlyArray<string>, key: string): ReadonlyArray<string> => {
  if (key === "\x7f" || key === "\b") return typed.slice(0, -1)
  if (key === "\x15") return []
  return key < " " ? typed : [...typed, key]
}
