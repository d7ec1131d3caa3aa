import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import { hasCode } from "./private-directory.ts"

/** Identifies this process among all that can share a directory: its pid, and the namespace of the pid. */
export const thisProcess = (): string => `${numbering()} ${process.pid}`

/** Whether the process of this name has certainly exited. Only one of the same pid namespace can be checked. */
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

/** Containers with the same host name have separate pids: on Linux the kernel's pid namespace counts. */
const numbering = (): string => {
  if (process.platform !== "linux") return hostname()
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
    return `${boot}/${readlinkSync("/proc/self/ns/pid")}`
  } catch {
    // matches no other process, so that none is checked
    return randomUUID()
  }
}
