import type { KeyValueStorage } from "@bearerkit/core"
import { createHash, randomUUID } from "node:crypto"
import { constants, type FileHandle, open, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { hasCode, namesIn, privateDirectory, refused } from "./private-directory.ts"

/**
 * A private file for each key, named by it. It is written to a temporary file, flushed and renamed, so that a reader
 * always finds the old or the new one, whole.
 */
export const makePrivateFiles = (directory: string): KeyValueStorage => {
  const pathOf = (key: string): string => join(directory, key + ending)
  return {
    getItem: async (key) => read(pathOf(key)),
    setItem: async (key, value) => {
      await privateDirectory(directory)
      await replace(directory, pathOf(key), value)
    },
    removeItem: async (key) => {
      await rm(pathOf(key), { force: true })
      await syncDirectory(directory)
    },
  }
}

/** The keys of the existing files. */
export const keysIn = async (directory: string): Promise<ReadonlyArray<string>> =>
  (await namesIn(directory)).flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : []))

const ending = ".token"

/** The maximum size of a file in bytes: four for each character of an entry. */
const maxBytes = 4 * 1024 * 1024 + 256

const read = async (path: string): Promise<string | null> => {
  const file = await orUndefined(open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)), "ENOENT")
  if (file === undefined) return null
  try {
    await checkPrivate(file)
    return unsealed(await file.readFile("utf8"))
  } finally {
    await file.close()
  }
}

const checkPrivate = async (file: FileHandle): Promise<void> => {
  const found = await file.stat()
  if (!found.isFile() || found.size > maxBytes) throw refused("the file is not one of ours")
  if (process.platform === "win32") return
  if (found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw refused("the file is open to other users: chmod 600")
  }
}

const replace = async (directory: string, path: string, value: string): Promise<void> => {
  const beside = join(directory, `${randomUUID()}.tmp`)
  try {
    const file = await open(beside, "wx", 0o600)
    try {
      await file.writeFile(sealed(value))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncDirectory(directory)
}

/** The text with its digest, which detects a damaged file. */
const sealed = (text: string): string => `${header}${sha256(text)}\n${text}`

const unsealed = (content: string): string => {
  const text = content.slice(sealed("").length)
  if (sealed(text) !== content) throw refused("the file is damaged or not one of ours")
  return text
}

const header = "bearerkit 1 "

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Some systems cannot flush a directory; the files in it are flushed. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await orUndefined(open(directory, "r"), "ENOENT", "EISDIR", "EPERM", "EACCES")
  if (handle === undefined) return
  try {
    await orUndefined(handle.sync(), "EINVAL", "EPERM", "ENOTSUP")
  } finally {
    await handle.close()
  }
}

const orUndefined = async <A>(work: Promise<A>, ...codes: ReadonlyArray<string>): Promise<A | undefined> => {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined
    throw error
  }
}
