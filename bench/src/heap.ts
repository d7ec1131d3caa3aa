import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Bytes that are in use, when all that is not has been collected. */
export const heap = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void
