import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { thisProcess } from "../../src/storage/lock-holder.ts"
import { silence, takeTurn } from "../../src/storage/lock-turn.ts"

const root = mkdtempSync(join(tmpdir(), "bearerkit-lock-turn-"))
afterAll(() => rmSync(root, { recursive: true }))
const fresh = (): string => mkdtempSync(join(root, "lock-"))

/** The number of a process that has ended long ago: the kernel gives none as high. */
const nobody = "4194305"
const holding = (folder: string, turn: number, content: string): string => {
  const path = join(folder, `${turn}.lock`)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

describe("a turn at a lock", () => {
  it("is had by one at a time, and given back", async () => {
    const folder = fresh()
    const turns = await Promise.all(Array.from({ length: 20 }, () => takeTurn(folder)))
    const had = turns.filter((turn) => turn !== undefined)
    assert.strictEqual(had.length, 1)
    assert.isTrue(had[0]!.isHeld())
    assert.isUndefined(await takeTurn(folder))
    await had[0]!.leave()
    assert.isDefined(await takeTurn(folder))
  })

  it("passes at once from a process that is dead", async () => {
    const folder = fresh()
    holding(folder, 1, thisProcess().replace(/\d+$/, nobody))
    const turns = await Promise.all(Array.from({ length: 20 }, () => takeTurn(folder)))
    assert.strictEqual(turns.filter((turn) => turn !== undefined).length, 1)
  })

  it("passes from a process of another machine or container, or one that is stopped, after a silence", async () => {
    for (const content of [
      `elsewhere ${nobody}`,
      `0${thisProcess()}`.replace(/\d+$/, nobody),
      thisProcess(),
      "half writ",
    ]) {
      const folder = fresh()
      const path = holding(folder, 7, content)
      assert.isUndefined(await takeTurn(folder))
      const then = new Date(Date.now() - silence - 1000)
      utimesSync(path, then, then)
      assert.isDefined(await takeTurn(folder))
      assert.include(readdirSync(folder), "8.lock")
    }
  })

  it("stays with the highest number, whatever else lies there", async () => {
    const folder = fresh()
    holding(folder, 9, thisProcess())
    for (const name of ["8.lock", "10.lock.bak", "x.lock", "99999999999999999999.lock", "-11.lock"]) {
      writeFileSync(join(folder, name), "")
    }
    assert.isUndefined(await takeTurn(folder))
    truncateSync(join(folder, "9.lock"))
    assert.isDefined(await takeTurn(folder))
  })
})
