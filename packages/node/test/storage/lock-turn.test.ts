import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import {
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { open, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, assert, describe, it, vi } from "vitest"
import { thisProcess } from "../../src/storage/lock-holder.ts"
import { forgetLock, silence, takeTurn } from "../../src/storage/lock-turn.ts"

const root = mkdtempSync(join(tmpdir(), "bearerkit-lock-turn-"))
afterAll(() => rmSync(root, { recursive: true }))
const fresh = (): string => mkdtempSync(join(root, "lock-"))

const machine = Effect.runSync(Clock.Clock)

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
    const turns = await Promise.all(Array.from({ length: 20 }, () => takeTurn(folder, machine)))
    const had = turns.filter((turn) => turn !== undefined)
    assert.strictEqual(had.length, 1)
    assert.isTrue(had[0]!.isHeld())
    assert.isUndefined(await takeTurn(folder, machine))
    await had[0]!.leave()
    assert.isDefined(await takeTurn(folder, machine))
  })

  it("passes at once from a process that is dead", async () => {
    const folder = fresh()
    holding(folder, 1, thisProcess().replace(/\d+$/, nobody))
    const turns = await Promise.all(Array.from({ length: 20 }, () => takeTurn(folder, machine)))
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
      assert.isUndefined(await takeTurn(folder, machine))
      const then = new Date(Date.now() - silence - 1000)
      utimesSync(path, then, then)
      assert.isDefined(await takeTurn(folder, machine))
      assert.include(readdirSync(folder), "8.lock")
    }
  })

  it("stays with the highest number, whatever else lies there", async () => {
    const folder = fresh()
    holding(folder, 9, thisProcess())
    for (const name of ["8.lock", "10.lock.bak", "x.lock", "99999999999999999999.lock", "-11.lock"]) {
      writeFileSync(join(folder, name), "")
    }
    assert.isUndefined(await takeTurn(folder, machine))
    truncateSync(join(folder, "9.lock"))
    assert.isDefined(await takeTurn(folder, machine))
  })
})

describe("a holder that was stopped", () => {
  afterEach(() => void vi.useRealTimers())

  /** A turn, and how much later its holder goes on; the signs of life come when `tick` says so. */
  const stoppable = async (folder: string) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
    const clocks = { wall: 0n, steady: 0n, looks: 0 }
    const clock: Clock.Clock = {
      ...machine,
      currentTimeNanosUnsafe: () => {
        clocks.looks += 1
        return clocks.wall
      },
      monotonicTimeNanosUnsafe: () => clocks.steady,
    }
    const turn = await takeTurn(folder, clock)
    const pass = ({ wall, steady }: { readonly wall: number; readonly steady: number }): void => {
      clocks.wall += BigInt(wall) * 1_000_000n
      clocks.steady += BigInt(steady) * 1_000_000n
    }
    const tick = async (): Promise<void> => {
      vi.advanceTimersByTime(silence / 6)
      for (let n = 0; n < 20; n++) await stat(folder)
    }
    const showLife = async (): Promise<void> => {
      const before = clocks.looks
      await tick()
      // asked before the sign, begun anew, asked after it
      await vi.waitFor(() => assert.isAtLeast(clocks.looks, before + 3), { timeout: 10_000 })
    }
    return { turn: turn!, pass, tick, showLife }
  }
  const mtimeOf = (path: string): number => statSync(path).mtimeMs

  it("has its lock for half of the silence, and for longer while it shows that it lives", async () => {
    const { turn, pass, showLife } = await stoppable(fresh())
    const most = silence / 2 - 1
    pass({ wall: most, steady: most })
    assert.isTrue(turn.isHeld())
    await showLife()
    pass({ wall: most, steady: most })
    assert.isTrue(turn.isHeld())
    pass({ wall: 1, steady: 1 })
    assert.isFalse(turn.isHeld())
  })

  for (const [name, by] of [
    ["slept: the steady clock stood still", { wall: silence, steady: 0 }],
    ["stood still, and its wall clock was set back", { wall: -silence, steady: silence }],
    ["stood still", { wall: silence, steady: silence }],
  ] as const) {
    it(`has lost its lock for good, where the machine ${name}`, async () => {
      const folder = fresh()
      const { turn, pass, tick } = await stoppable(folder)
      const mine = join(folder, "1.lock")
      const then = new Date(Date.now() - silence - 1000)
      utimesSync(mine, then, then)
      pass(by)
      assert.isDefined(await takeTurn(folder, machine))
      // the timer of the one that was stopped is the first to run
      await tick()
      await tick()
      assert.isFalse(turn.isHeld())
      assert.closeTo(mtimeOf(mine), then.getTime(), 2)
      assert.isUndefined(await takeTurn(folder, machine))
      await turn.leave()
      assert.isUndefined(await takeTurn(folder, machine))
    })
  }

  it("does not have it again because a clock goes back", async () => {
    const { turn, pass } = await stoppable(fresh())
    pass({ wall: silence, steady: 0 })
    assert.isFalse(turn.isHeld())
    pass({ wall: -silence, steady: 0 })
    assert.isFalse(turn.isHeld())
  })
})

describe("a lock that is forgotten", () => {
  it("leaves no folder, unless somebody has it", async () => {
    const folder = fresh()
    const turn = await takeTurn(folder, machine)
    await forgetLock(folder, machine)
    assert.isUndefined(await takeTurn(folder, machine))
    await turn!.leave()
    await forgetLock(folder, machine)
    assert.deepStrictEqual(
      readdirSync(root).filter((name) => folder.endsWith(name.split(".")[0]!)),
      [],
    )
    assert.isDefined(await takeTurn(folder, machine))
  })

  it("is had by one at a time all the same", async () => {
    const folder = fresh()
    const seen = { running: 0, most: 0, turns: 0 }
    const take = async (): Promise<void> => {
      while (seen.turns < 20) {
        const turn = await takeTurn(folder, machine)
        if (turn === undefined) continue
        seen.turns += 1
        seen.most = Math.max(seen.most, (seen.running += 1))
        await stat(root)
        seen.running -= 1
        await turn.leave()
      }
    }
    const forget = async (): Promise<void> => {
      while (seen.turns < 20) await forgetLock(folder, machine)
    }
    await Promise.all([take(), take(), forget()])
    assert.strictEqual(seen.most, 1)
  })

  it.skipIf(process.platform === "win32")("is not had by its old numbers, once there is a new one", async () => {
    const folder = fresh()
    // a file that can be read when somebody writes to it: so who looks at the last turn waits there
    const last = join(folder, "1.lock")
    execFileSync("mkfifo", ["-m", "600", last])
    const slow = takeTurn(folder, machine)
    const first = await open(last, "w")
    await first.close()
    await vi.waitFor(() => assert.isTrue(readdirSync(folder).some((name) => name.endsWith(".tmp"))), 10_000)
    const second = await open(last, "w")
    renameSync(folder, `${folder}.away`)
    const quick = await takeTurn(folder, machine)
    await second.close()
    assert.isDefined(quick)
    assert.isUndefined(await slow)
    assert.isTrue(quick!.isHeld())
  })
})
