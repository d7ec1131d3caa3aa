import { makeRunner } from "@bearerkit/core"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { makeAlarm } from "../src/alarm.ts"
import { oneAtATime } from "../src/one-at-a-time.ts"

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe("an alarm", () => {
  it("rings once at its time, and not for a time that was set before", async () => {
    const runner = makeRunner(Layer.build(TestClock.layer()))
    const adjust = async (minutes: number) => {
      await turn()
      await runner.run(TestClock.adjust(minutes * 60_000))
      await turn()
    }
    let rung = 0
    const alarm = makeAlarm(runner, () => void (rung += 1))
    alarm.setAt(30 * 60_000)
    alarm.setAt(60 * 60_000)
    await adjust(59)
    expect(rung).toBe(0)
    await adjust(1)
    expect(rung).toBe(1)
    alarm.setAfter(1000)
    alarm.turnOff()
    await adjust(60)
    expect(rung).toBe(1)
    await runner.close()
  })
})

describe("work that is done one at a time", () => {
  it("is done once more for all who asked while it ran", async () => {
    const doors: Array<() => void> = []
    const look = oneAtATime(() => new Promise((resolve) => doors.push(resolve)))
    const first = look()
    const others = [look(), look()]
    doors[0]?.()
    await turn()
    expect(doors).toHaveLength(2)
    doors[1]?.()
    await Promise.all([first, ...others])
    void look()
    expect(doors).toHaveLength(3)
  })
})
