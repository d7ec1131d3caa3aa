import { spawn } from "node:child_process"

/** Opens a URL in the person's browser; returns whether one could be started. No shell sees the URL. */
export const openBrowser = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [command, ...args] = opener(process.platform)
    const child = spawn(command, [...args, url], { stdio: "ignore", detached: true })
    child.once("error", () => resolve(false))
    child.once("exit", (code) => resolve(code === 0))
    // an opener that is the browser itself does not exit
    setTimeout(() => resolve(true), patience).unref()
    child.unref()
  })

/** Milliseconds. */
const patience = 2000

type Command = readonly [command: string, ...args: ReadonlyArray<string>]

const opener = (platform: string): Command => {
  if (platform === "darwin") return ["open"]
  // `start` is a shell command, and a URL is full of shell syntax
  return platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"]
}
