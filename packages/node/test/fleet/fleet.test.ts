import type { Issuer } from "@bearerkit/issuer"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { fileStorage, loopback } from "../../src/index.ts"
import { clientOf, orders, startPeopleIssuer, visit } from "../support/world.ts"
import type { Report, Task } from "./member.ts"

const program = fileURLToPath(new URL("member.ts", import.meta.url))
const directory = join(mkdtempSync(join(tmpdir(), "bearerkit-fleet-")), "store")
const members = new Set<ChildProcess>()
let issuer: Issuer
let fleet: ReadonlyArray<ChildProcess> = []

beforeAll(async () => {
  issuer = await startPeopleIssuer()
  fleet = await Promise.all(Array.from({ length: 4 }, enlist))
}, 60_000)
afterAll(async () => {
  for (const member of members) member.kill("SIGKILL")
  await issuer.close()
  rmSync(join(directory, ".."), { recursive: true })
})

/** A process that shares the store. */
const enlist = async (): Promise<ChildProcess> => {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, "..", "compiled") }
  const member = fork(program, { stdio: ["ignore", "inherit", "inherit", "ipc"], env })
  members.add(member)
  member.once("exit", () => members.delete(member))
  await once(member, "message")
  return member
}

const tell = async (member: ChildProcess, task: Partial<Task> & Pick<Task, "account">): Promise<Report> => {
  member.send({ issuer: issuer.url, directory, callers: 1, latency: 0, ...task } satisfies Task)
  const [report] = (await once(member, "message")) as [Report]
  return report
}

/** A login that the store keeps under this account. */
const signIn = async (account: string): Promise<void> => {
  const flow = loopback({
    open: (url) =>
      visit(url)
        .then((address) => fetch(address))
        .then((page) => page.ok),
  })
  await using client = clientOf(issuer, {
    flow,
    account,
    store: fileStorage({ directory }),
    target: { audience: orders, scope: "read" },
  })
  await client.login()
}

describe("processes that share a login in files", () => {
  it("renew it once: 4 processes with 250 callers each at its expiry", { timeout: 60_000 }, async () => {
    await signIn("many")
    const before = issuer.refreshes.length
    const reports = await Promise.all(fleet.map((member) => tell(member, { account: "many", callers: 250 })))
    assert.strictEqual(new Set(reports.flat().map((outcome) => JSON.stringify(outcome))).size, 1)
    assert.property(reports[0]?.[0], "token")
    assert.deepStrictEqual(
      issuer.refreshes.slice(before).map(({ outcome }) => outcome),
      ["ok"],
    )
  })

  const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))

  it(`outlive the one that renews, killed at 20 random moments (KILL_SEED=${seed})`, { timeout: 120_000 }, async () => {
    const random = randomFrom(seed)
    const survivors = fleet.slice(0, 2)
    const victims = fleet.slice(2).map((member) => Promise.resolve(member))
    for (let round = 0; round < 20; round++) {
      const account = `round ${round}`
      const [victim] = await Promise.all([victims[round]!, signIn(account)])
      if (victims.length < 20) victims.push(enlist())
      const before = issuer.refreshes.length
      const killed = once(victim, "exit")
      await tell(victim, { account, latency: 10 })
      await sleep(random() * 100)
      victim.kill("SIGKILL")
      const began = performance.now()
      const reports = await Promise.all(survivors.map((member) => tell(member, { account, callers: 10 })))
      // as long as a lock is waited for
      assert.isBelow(performance.now() - began, 30_000)
      await killed
      const uses = issuer.refreshes.slice(before)
      for (const outcome of reports.flat()) {
        if ("token" in outcome) continue
        assert.strictEqual(outcome.code, "login_required")
        // only who holds a spent token is sent to sign in again
        const refused = uses.find((use) => use.outcome === "invalid_grant")
        assert.isTrue(uses.some((use) => use.outcome === "ok" && use.token === refused?.token))
      }
      assert.isAtMost(uses.filter((use) => use.outcome === "ok").length, 1)
    }
  })
})

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
