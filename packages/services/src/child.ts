import { spawn } from "node:child_process"

/** A server process that cannot outlive this one. */
export interface Child {
  /** Resolves when the process has ended and its folder is gone. */
  readonly ended: Promise<void>
  readonly running: () => boolean
  /** The end of what it wrote to stderr. */
  readonly stderr: () => string
  readonly close: () => Promise<void>
}

export interface ChildOptions {
  readonly command: ReadonlyArray<string>
  /** Removed when the process ends. */
  readonly folder: string
  /** Keeps the folder of a process that was killed with SIGKILL, to start another one on it. @default false */
  readonly survivesKill?: boolean
}

// The shell reads a pipe that only this process holds: when it ends, however it ends, the server ends too.
// A high limit of open files makes slapd reserve gigabytes of tables.
const LIFELINE = `
folder=$1; kept=$2; shift 2
ulimit -n 1024
exec 3<&0
"$@" </dev/null 3<&- & server=$!
(cat <&3 >/dev/null; kill -TERM $server 2>/dev/null) & watcher=$!
exec 3<&-
wait $server; status=$?
kill $watcher 2>/dev/null
[ $status = "$kept" ] || rm -rf "$folder"
exit $status
`

const MAX_STDERR = 16_384
/** As the shell tells it: 128 and the signal's number. */
const KILLED = "137"

export const startChild = ({ command, folder, survivesKill = false }: ChildOptions): Child => {
  const shell = spawn("/bin/sh", ["-c", LIFELINE, "sh", folder, survivesKill ? KILLED : "none", ...command], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  })
  let stderr = ""
  let running = true
  shell.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR)
  })
  shell.stdin.on("error", () => {})
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false
      resolve()
    }
    shell.once("exit", end)
    shell.once("error", (error) => {
      stderr += error.message
      end()
    })
  })
  for (const handle of [shell, shell.stdin, shell.stderr] as ReadonlyArray<object>) {
    if ("unref" in handle && typeof handle.unref === "function") handle.unref()
  }
  return {
    ended,
    running: () => running,
    stderr: () => stderr.trim(),
    close: async () => {
      shell.ref()
      shell.stdin.end()
      await ended
    },
  }
}
