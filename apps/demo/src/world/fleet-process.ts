import { makeWeb, openSite } from "@bearerkit/app-web"
import { storedSessions } from "@bearerkit/hono"
import { redis } from "@bearerkit/redis"
import type { WebApp } from "./web.ts"

/** What a process is told: what it is, and how far its clock is ahead, in milliseconds. */
export interface Order {
  readonly options: WebApp["options"]
  /** The URL of the Redis that all processes share. */
  readonly redis: string
  readonly ahead: number
}

/** Where it answers. */
export interface Answering {
  readonly url: string
}

const site = await openSite()
let ahead = 0
let serving = false

const serve = ({ options, redis: url }: Order): void => {
  const sessions = storedSessions({ storage: redis({ url }) })
  site.serve(makeWeb({ ...options, sessions, now: () => Date.now() + ahead }).app.fetch)
  serving = true
}

process.on("message", (order: Order) => {
  ahead = order.ahead
  if (!serving) serve(order)
  process.send?.({ url: site.url } satisfies Answering)
})
process.on("disconnect", () => process.exit())
// whoever started it says when it ends
process.on("SIGINT", () => {})
