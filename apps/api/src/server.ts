import { serve } from "@hono/node-server"
import { explainRefusal } from "@bearerkit/hono"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type ApiOptions as MakeApiOptions, makeApi } from "./api.ts"
import { makeRelay, type RelayOptions } from "./relay.ts"

export interface ApiOptions extends Omit<MakeApiOptions, "onRefused"> {
  /** @default 0, a free port */
  readonly port?: number
}

interface Started extends AsyncDisposable {
  readonly url: string
  readonly close: () => Promise<void>
}

export interface Api extends Started {
  /** Why requests were refused, in order: the exact reasons, which the answers do not have. */
  readonly refusals: ReadonlyArray<string>
}

/** Starts the API on loopback. */
export const startApi = async (options: ApiOptions): Promise<Api> => {
  const refusals: Array<string> = []
  const app = makeApi({ ...options, onRefused: ({ reason }) => void refusals.push(explainRefusal(reason).code) })
  return { ...(await started(app.fetch, options.port)), refusals }
}

/** Starts an API on loopback that asks the next one on behalf of its caller. */
export const startRelay = async (options: RelayOptions): Promise<Started> => {
  await using relay = new AsyncDisposableStack()
  const { app } = relay.use(makeRelay(options))
  const server = relay.use(await started(app.fetch))
  const all = relay.move()
  const close = (): Promise<void> => all.disposeAsync()
  return { ...server, close, [Symbol.asyncDispose]: close }
}

type Fetch = Parameters<typeof serve>[0]["fetch"]

const started = async (fetch: Fetch, port = 0): Promise<Started> => {
  const server = await listening(fetch, port)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close, [Symbol.asyncDispose]: close }
}

const listening = (fetch: Fetch, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1" }, () => resolve(server as Server)) as Server
    server.once("error", reject)
  })
