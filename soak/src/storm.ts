import type { RedisServer } from "@bearerkit/services"
import { setTimeout as wait } from "node:timers/promises"
import type { Child } from "./child.ts"
import type { Evidence } from "./classify.ts"
import type { Sending } from "./faulty-issuer.ts"
import type { Fleet, Kill } from "./fleet.ts"
import type { IssuerAsk, IssuerTold } from "./issuer-process.ts"
import type { Kept } from "./kept.ts"
import { type Plan, processes } from "./plan.ts"
import { pick, randomOf, shuffled } from "./random.ts"
import { visit, type Visitor } from "./visit.ts"

/** Everything that runs. */
export interface World {
  readonly plan: Plan
  readonly issuer: Child<IssuerAsk, IssuerTold>
  readonly fleet: Fleet
  readonly redis: RedisServer
  readonly kept: Kept
  readonly sessions: ReadonlyArray<Session>
  /** When it all began, in epoch milliseconds. */
  readonly began: number
}

export interface Session {
  readonly cookie: string
  /** The first refresh token of the login. */
  readonly root: string
}

export interface Storm {
  readonly kills: ReadonlyArray<Kill>
  /** What the kills have swallowed. */
  readonly swallowed: Evidence["swallowed"]
  /** Milliseconds that Redis was away. */
  readonly redisAway: number
}

/** People come while renewals fail, processes are killed, and Redis once. */
export const storm = async (world: World, count: Visitor["count"]): Promise<Storm> => {
  const { plan, issuer, began } = world
  const now = Date.now()
  const end = Math.max(now + plan.storm / 3, Math.min(now + plan.storm, began + plan.end))
  await issuer.ask({ storming: true })
  const [kills, redisAway] = await Promise.all([
    killProcesses(world, end),
    killRedis(world, end),
    ...Array.from({ length: plan.visitors }, visitorsOf(world, count, end)),
  ])
  await issuer.ask({ storming: false })
  return { ...kills, redisAway }
}

/** Requests of one page at the same time: mostly one, sometimes many. */
const bursts = [1, 1, 1, 1, 1, 1, 1, 2, 4, 8]

const visitorsOf = ({ plan, fleet, sessions }: World, count: Visitor["count"], end: number) => {
  const random = randomOf(plan.seed, "visits")
  const order = shuffled(random, sessions)
  const over = new Set<Session>()
  let next = 0
  return async (): Promise<void> => {
    while (Date.now() < end && over.size < sessions.length) {
      const session = order[next++ % order.length]!
      if (over.has(session)) continue
      const visitor = { ports: fleet.ports, random, count }
      const burst = Array.from({ length: pick(random, bursts) }, () => visit(visitor, session.cookie))
      const outcomes = await Promise.all(burst)
      if (outcomes.includes("signed out")) over.add(session)
    }
  }
}

const killRedis = async ({ plan, redis }: World, end: number): Promise<number> => {
  const random = randomOf(plan.seed, "redis")
  await wait((end - Date.now()) * (0.3 + 0.3 * random()))
  const from = Date.now()
  await redis.kill()
  await wait(200 + 800 * random())
  await redis.restart()
  return Date.now() - from
}

const killProcesses = async (world: World, end: number): Promise<Pick<Storm, "kills" | "swallowed">> => {
  const { plan, fleet } = world
  const random = randomOf(plan.seed, "kills")
  const kills: Array<Kill> = []
  const swallowed: Array<Evidence["swallowed"][number]> = []
  for (;;) {
    await wait(plan.killEvery * (0.5 + random()))
    if (Date.now() >= end) return { kills, swallowed }
    const place = Math.floor(random() * processes)
    const kill = await fleet.kill(place)
    kills.push(kill)
    const [found] = await Promise.all([swallowedBy(world, kill), fleet.restart(place)])
    swallowed.push(...found)
  }
}

/** A renewal that has its answer for longer had written it, unless Redis was away. */
const longestWrite = 15_000

/**
 * What a kill has swallowed: the dead process had no answer yet, or had not written it, so that the store still has the
 * token that was sent. Nobody else can have written meanwhile, because the lock outlives its holder.
 */
const swallowedBy = async (world: World, kill: Kill): Promise<Evidence["swallowed"]> => {
  await wait(50)
  const { sendings = [] } = await world.issuer.ask({ sentBy: kill.process, since: kill.at - longestWrite })
  const cookies = new Map(world.sessions.map(({ root, cookie }) => [root, cookie]))
  const unwritten = async ({ token, root }: Sending): Promise<boolean> =>
    (await world.kept.refreshToken(cookies.get(root)!)) === token
  const found = await Promise.all(sendings.filter(reached).map(async (each) => ((await unwritten(each)) ? [each] : [])))
  return found.flat().map(({ token }) => ({ token, by: "kill" }))
}

/** Whether the issuer got it, or will. */
const reached = ({ fault, swallowed }: Sending): boolean =>
  !swallowed && fault !== "error" && fault !== "busy" && fault !== "resetBefore"
