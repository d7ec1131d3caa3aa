import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import { hasCode } from "./private-directory.ts"

/** Names this process among all that can share a directory: its number, and by whom it was given. */
export const thisProcess = (): string => `${numbering()} ${process.pid}`

/** Whether the process of this name has surely ended. Only one of the same numbering can be asked. */
export const hasEnded = (name: string): boolean => {
  const [numberedBy, pid = ""] = name.split(" ", 2)
  if (numberedBy !== numbering() || !/^[1-9]\d{0,9}$/.test(pid)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return hasCode(error, "ESRCH")
  }
}

/** Containers of one host name number their processes each by itself: on Linux it is the kernel's table that counts. */
const numbering = (): string => {
  if (process.platform !== "linux") return hostname()
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
    return `${boot}/${readlinkSync("/proc/self/ns/pid")}`
  } catch {
    // nobody's, so that nobody asks
    return randomUUID()
  }
}
