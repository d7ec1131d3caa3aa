import { readlinkSync } from "node:fs"
import { hostname } from "node:os"
import { assert, describe, it } from "vitest"
import { hasEnded, thisProcess } from "../../src/storage/lock-holder.ts"

/** The number of a process that has ended long ago: the kernel gives none as high. */
const nobody = "4194305"
const numbered = (name: string, pid: string): string => name.replace(/ \d+$/, ` ${pid}`)

describe("the holder of a lock", () => {
  it("lives as long as its process", () => {
    assert.isFalse(hasEnded(thisProcess()))
    assert.isFalse(hasEnded(numbered(thisProcess(), `${process.ppid}`)))
    assert.isTrue(hasEnded(numbered(thisProcess(), nobody)))
  })

  it("is not asked where processes are numbered otherwise, whatever the host is called", () => {
    const [here = ""] = thisProcess().split(" ")
    for (const there of ["elsewhere", `${here}0`, here.slice(1), here.toUpperCase() + "."]) {
      assert.isFalse(hasEnded(`${there} ${nobody}`), there)
    }
    for (const name of ["", " ", "half writ", nobody, ` ${nobody}`, `${here} -1`, `${here} 0x1`, `${here} 1e9`, here]) {
      assert.isFalse(hasEnded(name), name)
    }
  })

  it.runIf(process.platform === "linux")("is named by its boot and its table of processes, not by its host", () => {
    const [here = ""] = thisProcess().split(" ")
    assert.match(here, /^[\da-f-]{36}\/pid:\[\d+\]$/)
    assert.include(here, readlinkSync("/proc/self/ns/pid"))
    const [boot, table] = here.split("/")
    assert.isFalse(hasEnded(`${hostname()} ${nobody}`))
    assert.isFalse(hasEnded(`${boot}/pid:[1] ${nobody}`))
    assert.isFalse(hasEnded(`${boot?.replace(/./g, "0")}/${table} ${nobody}`))
  })
})
