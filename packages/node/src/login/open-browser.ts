import { spawn } from "node:child_process"

/** Shows an address in the person's browser; whether one could be started. No shell sees the address. */
export const openBrowser = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [command, ...args] = opener(process.platform)
    const child = spawn(command, [...args, url], { stdio: "ignore", detached: true })
    child.once("error", () => resolve(false))
    child.once("exit", (code) => resolve(code === 0))
    // an opener that is the browser itself does not end
    setTimeout(() => resolve(true), patience).unref()
    child.unref()
  })

/** Milliseconds. */
const patience = 2000

type Command = readonly [command: string, ...args: ReadonlyArray<string>]

const opener = (platform: string): Command => {
  if (platform === "darwin") return ["open"]
  // `start` is a word of the shell, for which an address is full of commands
  return platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"]
}
