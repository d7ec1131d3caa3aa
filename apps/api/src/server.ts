import { serve } from "@hono/node-server"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type ApiOptions as MakeApiOptions, makeApi } from "./api.ts"

export interface ApiOptions extends Omit<MakeApiOptions, "onRefused"> {
  /** @default 0, a free port */
  readonly port?: number
}

export interface Api extends AsyncDisposable {
  readonly url: string
  /** Why requests were refused, in order: the exact reasons, which the answers do not have. */
  readonly refusals: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

/** Starts the API on loopback. */
export const startApi = async (options: ApiOptions): Promise<Api> => {
  const refusals: Array<string> = []
  const app = makeApi({ ...options, onRefused: ({ explanation }) => void refusals.push(explanation.code) })
  const server = await listening(app.fetch, options.port ?? 0)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, refusals, close, [Symbol.asyncDispose]: close }
}

const listening = (fetch: Parameters<typeof serve>[0]["fetch"], port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1" }, () => resolve(server as Server)) as Server
    server.once("error", reject)
  })
