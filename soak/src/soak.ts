import { startRedis } from "@bearerkit/services"
import { randomBytes } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { startChild } from "./child.ts"
import { classify, type Evidence, type Judged, strangersIn } from "./classify.ts"
import type { IssuerLog } from "./faulty-issuer.ts"
import { type Fleet, startFleet } from "./fleet.ts"
import type { IssuerAsk, IssuerTold } from "./issuer-process.ts"
import { openKept } from "./kept.ts"
import { type Plan, sessionsPerPerson } from "./plan.ts"
import { randomOf, shuffled } from "./random.ts"
import { signIn, type SignedIn } from "./sign-in.ts"
import { type Session, type Storm, storm, type World } from "./storm.ts"
import { type Outcome, visit } from "./visit.ts"

/** What came of a run. */
export interface Report {
  readonly plan: Plan
  readonly storm: Storm
  readonly log: IssuerLog
  readonly judged: ReadonlyArray<Judged>
  /** Answers to visitors. */
  readonly answers: ReadonlyMap<string, number>
  /** Seconds of each part. */
  readonly took: Readonly<Record<"proving" | "signing in" | "storm", number>>
  /** What must not be; each with what is known of it. */
  readonly problems: ReadonlyArray<string>
}

/** Runs it all once. */
export const soak = async (plan: Plan, say: (line: string) => void): Promise<Report> => {
  await using stack = new AsyncDisposableStack()
  const world = await startWorld(plan, stack, say)
  const answers = new Map<string, number>()
  const count = (outcome: string): void => void answers.set(outcome, (answers.get(outcome) ?? 0) + 1)
  const ticking = setInterval(() => say(`storm: ${[...answers].map(([what, n]) => `${n} ${what}`).join(", ")}`), 5000)
  stack.defer(() => clearInterval(ticking))

  const begun = Date.now()
  const passed = await storm(world, count)
  clearInterval(ticking)
  const calm = Date.now()
  say("the storm is over; looking at every session")
  // what a dead process has sent may still be on its way
  await wait(plan.stall + 500)
  const unproven = await prove(world, count)
  const log = (await world.issuer.ask({ log: true })) as IssuerLog
  const evidence = await evidenceOf(world, log, passed)
  const judged = classify(evidence)
  return {
    plan,
    storm: passed,
    log,
    judged,
    answers,
    took: {
      "signing in": (begun - world.began) / 1000,
      storm: (calm - begun) / 1000,
      proving: (Date.now() - calm) / 1000,
    },
    problems: [
      ...judged.filter(({ problem }) => problem !== undefined).map((each) => historyOf(each, log, passed)),
      ...strangersIn(evidence, judged).map(({ token, at }) => `${token} was sent at ${at} and is of no session`),
      ...unproven,
    ],
  }
}

const startWorld = async (plan: Plan, stack: AsyncDisposableStack, say: (line: string) => void) => {
  const began = Date.now()
  const secrets = { password: random(), clientSecret: random(), apiSecret: random() }
  const people = Math.ceil(plan.sessions / sessionsPerPerson)
  const redis = stack.use(await startRedis({ persistence: true }))
  const issuer = startChild<IssuerAsk, IssuerTold>("./issuer-process.ts")
  stack.defer(issuer.kill)
  const { seed, sessions, stall, deadAfter } = plan
  const { url = "", port = 0 } = await issuer.ask({ start: { seed, people, sessions, stall, ...secrets } })
  const { clientSecret, password } = secrets
  const fleet = await startFleet({ issuer: url, clientSecret, cookieKey: random(), redisUrl: redis.url, deadAfter })
  stack.defer(fleet.close)
  const kept = openKept(redis.url)
  stack.defer(kept.close)
  const signedIn = await signInAll({ plan, fleet, issuerPort: port, password, say })
  const { roots = [] } = await issuer.ask({ log: true })
  const rootOf = new Map(roots)
  const sessionOf = ({ cookie, code }: SignedIn): Session => ({ cookie, root: rootOf.get(code)! })
  return { began, plan, issuer, fleet, redis, kept, sessions: signedIn.map(sessionOf) }
}

const random = (): string => randomBytes(32).toString("base64url")

interface SignInAll {
  readonly plan: Plan
  readonly fleet: Fleet
  readonly issuerPort: number
  readonly password: string
  readonly say: (line: string) => void
}

const signInAll = async ({ plan, fleet, issuerPort, password, say }: SignInAll): Promise<ReadonlyArray<SignedIn>> => {
  const left = Array.from({ length: Math.ceil(plan.sessions / sessionsPerPerson) }, (_, n) => n)
  const random = randomOf(plan.seed, "sign-in")
  const done: Array<SignedIn> = []
  const work = async (): Promise<void> => {
    for (let n = left.shift(); n !== undefined; n = left.shift()) {
      const options = { username: `person-${n}`, password, issuerPort, ports: fleet.ports, random }
      const tabs = Math.min(sessionsPerPerson, plan.sessions - n * sessionsPerPerson)
      done.push(...(await signIn(options, tabs)))
      say(`signed in: ${done.length} of ${plan.sessions}`)
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return done
}

/**
 * Visits every session that cannot simply go on, until it is decided, and some that can, which must. Gives what must not
 * be.
 */
const prove = async (world: World, count: (outcome: Outcome | "disconnected") => void) => {
  const { plan, fleet, sessions, kept } = world
  const random = randomOf(plan.seed, "proofs")
  const log = (await world.issuer.ask({ log: true })) as IssuerLog
  const unusable = new Set([...log.refreshes.map(({ token }) => token), ...log.revoked])
  const goesOn = await Promise.all(
    sessions.map(async ({ cookie }) => !unusable.has((await kept.refreshToken(cookie)) ?? log.refreshes[0]!.token)),
  )
  const doubtful = sessions.filter((_, n) => !goesOn[n])
  const sound = shuffled(
    random,
    sessions.filter((_, n) => goesOn[n]),
  ).slice(0, plan.proofs)
  const problems: Array<string> = []
  const left = [...doubtful, ...sound]
  const must = new Set(sound)
  const work = async (): Promise<void> => {
    for (let session = left.shift(); session !== undefined; session = left.shift()) {
      const outcome = await decided({ ports: fleet.ports, random, count }, session.cookie)
      if (must.has(session) && outcome !== "usable") problems.push(`a session that should go on is ${outcome}`)
    }
  }
  await Promise.all(Array.from({ length: plan.visitors }, work))
  return problems
}

const decided = async (visitor: Parameters<typeof visit>[0], cookie: string): Promise<Outcome> => {
  for (let tries = 0; ; tries++) {
    const outcome = await visit(visitor, cookie)
    if (outcome === "signed out" || outcome === "usable" || tries === 30) return outcome
    await wait(500)
  }
}

const evidenceOf = async (
  { sessions, kept }: World,
  log: IssuerLog,
  { kills, swallowed }: Storm,
): Promise<Evidence> => {
  const deaths = new Map(kills.map(({ process, at }) => [process, at]))
  const known = new Set(swallowed.map(({ token }) => token))
  const forwarded = log.sendings.filter((each) => each.forwarded)
  const late = forwarded.filter(
    ({ process, at, token }) => at >= (deaths.get(process) ?? Infinity) && !known.has(token),
  )
  const reset = forwarded.filter((each) => each.swallowed)
  return {
    refreshes: log.refreshes,
    revoked: new Set(log.revoked),
    swallowed: [
      ...swallowed,
      ...late.map(({ token }) => ({ token, by: "kill" as const })),
      ...reset.map(({ token }) => ({ token, by: "reset" as const })),
    ],
    sessions: await Promise.all(
      sessions.map(async ({ root, cookie }) => ({ root, kept: await kept.refreshToken(cookie) })),
    ),
  }
}

const historyOf = (
  { problem, session, chain }: Judged,
  { refreshes, sendings }: IssuerLog,
  { kills }: Storm,
): string => {
  const tokens = new Set(chain)
  const deaths = new Map(kills.map(({ process, at }) => [process, at]))
  const time = (at: number | undefined): string => (at === undefined ? "never" : new Date(at).toISOString())
  return [
    `a session: ${problem}; the store has ${session.kept ?? "nothing"}`,
    ...refreshes
      .filter(({ token }) => tokens.has(token))
      .map(({ at, token, outcome, successor }) => `  issuer ${at} ${token} ${outcome} ${successor ?? ""}`),
    ...sendings
      .filter(({ token }) => tokens.has(token))
      .map(
        ({ at, token, process, fault = "", answeredAt }) =>
          `  sent ${time(at)} ${token} by ${process}, killed ${time(deaths.get(process))}, answered ${time(answeredAt)} ${fault}`,
      ),
  ].join("\n")
}
