import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

/**
 * The directory for this user's state: `$XDG_STATE_HOME/bearerkit`, else `~/.local/state/bearerkit`; on macOS in
 * `~/Library/Application Support`, on Windows in `%LOCALAPPDATA%`. Reads the environment.
 *
 * @see XDG Base Directory Specification
 */
export const userDirectory = (): string => join(stateHome(), "bearerkit")

const stateHome = (): string => {
  const { XDG_STATE_HOME: chosen = "", LOCALAPPDATA: local = "" } = process.env
  // a relative path there must be ignored
  if (isAbsolute(chosen)) return chosen
  if (process.platform === "win32" && isAbsolute(local)) return local
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support")
  return join(homedir(), ".local", "state")
}
