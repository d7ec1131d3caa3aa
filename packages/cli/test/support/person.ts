import { Person } from "@bearerkit/services"
import { password } from "./issuer.ts"
import type { RunningCommand } from "./command.ts"

/** The first match in what a command says on stderr while it runs. */
export const said = ({ process: child }: RunningCommand, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ""
    child.stderr.on("data", (chunk: string) => {
      text += chunk
      const [, found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once("close", () => reject(new Error(`it was never said: ${text}`)))
  })

/** Does what the issuer's pages ask of alice, and goes back to where they send her; what she sees there. */
export const signInAt = async (url: string, consent: "agree" | "refuse" = "agree"): Promise<string> => {
  const arrival = await new Person({ username: "alice", password, consent }).visit(url)
  const response = await fetch(String(arrival))
  return await response.text()
}

/** Enters a code, which ends at a page of the issuer: of a refusal one with an error status. */
export const enterCode = async (url: string, consent: "agree" | "refuse" = "agree"): Promise<void> => {
  const entered = new Person({ username: "alice", password, consent }).finish(url)
  await (consent === "agree" ? entered : entered.catch(() => undefined))
}
