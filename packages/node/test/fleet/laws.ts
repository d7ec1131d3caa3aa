import type { Issuer } from "@bearerkit/issuer"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { loopback, type TokenStorage } from "../../src/index.ts"
import { clientOf, orders, startPeopleIssuer, visit } from "../support/world.ts"
import type { Report, Task } from "./member.ts"

/** A store that processes share. */
export interface FleetCase {
  /** The program of one of them: it calls `member`. */
  readonly program: URL
  /** Where the store is, in a text that every process understands. */
  readonly at: () => string
  readonly storageAt: (at: string) => TokenStorage
}

/** What processes that share a login may rely on, whatever they share it in. */
export const fleetLaws = (name: string, { program, at, storageAt }: FleetCase): void => {
  const members = new Set<ChildProcess>()
  let issuer: Issuer
  let fleet: ReadonlyArray<ChildProcess> = []

  beforeAll(async () => {
    issuer = await startPeopleIssuer({ desktops: ["desktop", ...doomed] })
    fleet = await Promise.all(Array.from({ length: 4 }, enlist))
  }, 60_000)
  afterAll(async () => {
    const left = [...members].map((member) => once(member, "exit"))
    for (const member of members) member.disconnect()
    await Promise.all(left)
    await issuer.close()
  })

  const enlist = async (): Promise<ChildProcess> => {
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled }
    const member = fork(fileURLToPath(program), { stdio: ["ignore", "inherit", "inherit", "ipc"], env })
    members.add(member)
    member.once("exit", () => members.delete(member))
    await once(member, "message")
    return member
  }

  /** What the member has to say first. */
  const tell = async (member: ChildProcess, task: Told): Promise<Report["outcomes"]> => {
    const reported = new Promise<Report["outcomes"]>((resolve) => {
      const listen = ({ account, outcomes }: Report): void => {
        if (account !== task.account) return
        member.off("message", listen)
        resolve(outcomes)
      }
      member.on("message", listen)
    })
    member.send({ issuer: issuer.url, at: at(), target, callers: 1, latency: 0, ...task } satisfies Task)
    return reported
  }

  /** A login that the store keeps under this account. */
  const signIn = async ({ clientId, account }: Told): Promise<void> => {
    const flow = loopback({
      open: (url) =>
        visit(url)
          .then((address) => fetch(address))
          .then((page) => page.ok),
    })
    await using client = clientOf(issuer, { clientId, flow, account, storage: storageAt(at()), target })
    await client.login()
  }

  const usesOf = (clientId: string) => issuer.refreshes.filter(({ client }) => client === clientId)

  describe(`processes that share a login in ${name}`, () => {
    it("renew it once: 4 processes with 250 callers each at its expiry", { timeout: 60_000 }, async () => {
      const told = { clientId: "desktop", account: "many" }
      await signIn(told)
      const reports = await Promise.all(fleet.map((member) => tell(member, { ...told, callers: 250 })))
      assert.strictEqual(new Set(reports.flat().map((outcome) => JSON.stringify(outcome))).size, 1)
      assert.property(reports[0]?.[0], "token")
      assert.deepStrictEqual(
        usesOf("desktop").map(({ outcome }) => outcome),
        ["ok"],
      )
    })

    const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))

    it(
      `outlive the one that renews, killed at 20 random moments (KILL_SEED=${seed})`,
      { timeout: 120_000 },
      async () => {
        const random = randomFrom(seed)
        const survivors = fleet.slice(0, 2)

        const kill = async (told: Told, moment: number): Promise<void> => {
          const [victim] = await Promise.all([enlist(), signIn(told)])
          const killed = once(victim, "exit")
          assert.strictEqual(await tell(victim, { ...told, latency: 10 }), "renewing")
          await sleep(moment)
          victim.kill("SIGKILL")
          await killed
        }
        const outlive = async (told: Told): Promise<void> => {
          const reports = await Promise.all(survivors.map((member) => tell(member, { ...told, callers: 10 })))
          const uses = usesOf(told.clientId)
          for (const outcome of reports.flat()) {
            if (typeof outcome === "string") assert.fail("a survivor reports a request")
            if ("token" in outcome) continue
            assert.strictEqual(outcome.code, "login_required")
            // only who holds a spent token is sent to sign in again
            const refused = uses.find((use) => use.outcome === "invalid_grant")
            assert.isTrue(uses.some((use) => use.outcome === "ok" && use.token === refused?.token))
          }
          assert.isAtMost(uses.filter((use) => use.outcome === "ok").length, 1)
        }

        // a few die at a time, and nobody waits for what the others' deaths cost
        const kills: Array<Promise<void>> = []
        const rounds = doomed.map((clientId, round) => {
          const told = { clientId, account: clientId }
          const killed = (kills[round - 3] ?? Promise.resolve()).then(() => kill(told, random() * 100))
          kills.push(killed)
          return killed.then(() => outlive(told))
        })
        await Promise.all(rounds)
      },
    )
  })
}

type Told = Partial<Task> & Pick<Task, "account" | "clientId">

const target = { audience: orders, scope: "read" }

/** A client for each kill: by it the issuer's log tells them apart. */
const doomed = Array.from({ length: 20 }, (_, round) => `desktop ${round}`)

/** Where Node keeps what it has compiled, for all runs. */
const compiled = join(tmpdir(), "node-compile-cache")

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
