import { describe, expect, it } from "vitest"
import { skip } from "../../packages/redis/test/support/server.ts"
import { soak } from "../src/soak.ts"
import { table } from "../src/table.ts"

describe.skipIf(skip)("200 sessions while everything fails", { timeout: 600_000 }, () => {
  it("are kept, ended by the issuer, or lost with an answer that was swallowed", async () => {
    const plan = {
      seed: 4,
      sessions: 200,
      storm: 4000,
      end: 60_000,
      killEvery: 1500,
      stall: 1000,
      deadAfter: 4000,
      visitors: 16,
      proofs: 50,
    }
    const report = await soak(plan, () => {})
    expect(report.problems).toEqual([])
    expect(report.judged.filter(({ verdict }) => verdict !== undefined)).toHaveLength(200)
    expect(report.storm.kills.length).toBeGreaterThan(0)
    expect(report.storm.redisAway).toBeGreaterThan(0)
    expect(report.log.sendings.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(0)
    expect(table(report)).toMatch(/^kept +\d+$/m)
  })
})
