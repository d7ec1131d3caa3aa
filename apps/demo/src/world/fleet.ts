import { type Application, startRedis } from "@bearerkit/services"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Answering, Order } from "./fleet-process.ts"
import type { WebApp } from "./web.ts"

/** Four processes of the web app that keep its sessions in one Redis. */
export interface Fleet extends AsyncDisposable {
  readonly members: readonly [Application, Application, Application, Application]
  /** Sets the clocks of all processes ahead, by milliseconds. */
  readonly passTime: (time: number) => Promise<void>
}

export interface FleetUse {
  readonly web: WebApp
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Starts Redis and the processes, each at an address of its own behind that of the web app. */
export const startFleet = async ({ web, now }: FleetUse): Promise<Fleet> => {
  await using started = new AsyncDisposableStack()
  const redis = started.use(await startRedis())
  let ahead = now() - Date.now()
  const order = (): Order => ({ options: web.options, redis: redis.url, ahead })
  const start = async (): Promise<Member> => startMember(started.use(startProcess()).child, web.url, order())
  const members = await Promise.all([start(), start(), start(), start()])
  const all = started.move()
  return {
    members,
    passTime: async (time) => {
      ahead += time
      await Promise.all(members.map((member) => member.ask(order())))
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const startProcess = (): AsyncDisposable & { readonly child: ChildProcess } => {
  const child = fork(program)
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill("SIGKILL")
      await once(child, "exit")
    },
  }
}

interface Member extends Application {
  readonly ask: (order: Order) => Promise<Answering>
}

const startMember = async (child: ChildProcess, site: string, first: Order): Promise<Member> => {
  const ask = async (order: Order): Promise<Answering> => {
    const gone = new AbortController()
    const ended = once(child, "exit", gone).then(() => Promise.reject(new Error("a process of the web app has ended")))
    child.send(order)
    const [answering] = (await Promise.race([once(child, "message", gone), ended])) as [Answering]
    ended.catch(() => {})
    gone.abort()
    return answering
  }
  const { url } = await ask(first)
  return {
    ask,
    request: (address, init) => fetch(address.replace(site, url), { ...init, redirect: "manual" }),
  }
}

const program = fileURLToPath(new URL("./fleet-process.ts", import.meta.url))
