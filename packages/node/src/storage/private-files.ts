import type { KeyValueStorage } from "@bearerkit/core"
import { createHash, randomUUID } from "node:crypto"
import { constants, type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { hasCode, privateDirectory, refused } from "./private-directory.ts"

/**
 * A private file for each key. It is written beside its place and moved there when it is on the disk, so that a reader
 * finds the old or the new one, whole, whatever happens meanwhile.
 */
export const makePrivateFiles = (directory: string): KeyValueStorage => {
  const pathOf = (key: string): string => join(directory, `${sha256(key)}.token`)
  const prepare = once(async () => {
    await privateDirectory(directory)
    await sweep(directory)
  })
  return {
    getItem: async (key) => read(pathOf(key)),
    setItem: async (key, value) => {
      await prepare()
      await replace(directory, pathOf(key), value)
    },
    removeItem: async (key) => {
      await rm(pathOf(key), { force: true })
      await syncDirectory(directory)
    },
  }
}

/** Bytes of a file at most: four for each character that an entry may have. */
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

/** The text with its digest, which tells a damaged file from a whole one. */
const sealed = (text: string): string => `${header}${sha256(text)}\n${text}`

const unsealed = (content: string): string => {
  const text = content.slice(sealed("").length)
  if (sealed(text) !== content) throw refused("the file is damaged or not one of ours")
  return text
}

const header = "bearerkit 1 "

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

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

/** What processes that were killed have left half written. */
const sweep = async (directory: string): Promise<void> => {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".tmp"))
  for (const path of names.map((name) => join(directory, name))) {
    const found = await orUndefined(stat(path), "ENOENT")
    if (found !== undefined && found.mtimeMs < Date.now() - 3_600_000) await rm(path, { force: true })
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

/** Does the work once; again only when it has failed. */
const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined
      throw error
    })
    return done
  }
}
