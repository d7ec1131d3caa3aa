import { type Application, startRedis } from "@bearerkit/services"
import type { Answering, Order } from "./fleet-process.ts"
import { type Process, startProcess } from "./process.ts"
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
  const start = async (): Promise<Member> => startMember(started.use(startProcess(program)), web.url, order())
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

interface Member extends Application {
  readonly ask: (order: Order) => Promise<Answering>
}

const startMember = async ({ ask }: Process<Order, Answering>, site: string, first: Order): Promise<Member> => {
  const { url } = await ask(first)
  return {
    ask,
    request: (address, init) => fetch(address.replace(site, url), { ...init, redirect: "manual" }),
  }
}

const program = new URL("./fleet-process.ts", import.meta.url)
