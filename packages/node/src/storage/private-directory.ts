import { mkdir, readdir, stat } from "node:fs/promises"

/** Makes a directory that only this user can open, or makes sure that it is one. */
export const privateDirectory = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (process.platform === "win32") return
  const { mode, uid } = await stat(directory)
  if (uid !== process.getuid?.()) throw refused("the directory belongs to another user")
  if ((mode & 0o077) !== 0) throw refused("the directory is open to other users: chmod 700")
}

/** What is in a directory; nothing in one that is not there. */
export const namesIn = async (directory: string): Promise<ReadonlyArray<string>> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasCode(error, "ENOENT")) return []
    throw error
  }
}

/** What is wrong with a file or directory, where the system has no code for it. */
export const refused = (code: string): Error => Object.assign(new Error(code), { code })

/** Whether the system refused with this code. */
export const hasCode = (error: unknown, ...codes: ReadonlyArray<string>): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code))
