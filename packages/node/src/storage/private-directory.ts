import { mkdir, readdir, stat } from "node:fs/promises"

/** Makes a directory that only this user can open, or checks that it is one. */
export const privateDirectory = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (process.platform === "win32") return
  const { mode, uid } = await stat(directory)
  if (uid !== process.getuid?.()) throw refused("the directory belongs to another user")
  if ((mode & 0o077) !== 0) throw refused("the directory is open to other users: chmod 700")
}

/** The names in a directory; none if it does not exist. */
export const namesIn = async (directory: string): Promise<ReadonlyArray<string>> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasCode(error, "ENOENT")) return []
    throw error
  }
}

/** An error about a file or directory for which the system has no code. */
export const refused = (code: string): Error => Object.assign(new Error(code), { code })

/** Whether a system error has one of these codes. */
export const hasCode = (error: unknown, ...codes: ReadonlyArray<string>): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code))
