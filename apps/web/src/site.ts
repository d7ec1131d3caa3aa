import { serve } from "@hono/node-server"
import { once } from "node:events"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"

type Fetch = Parameters<typeof serve>[0]["fetch"]

/** An address where an application answers. */
export interface Site extends AsyncDisposable {
  /** The origin: with a name that browsers take `Secure` cookies from. */
  readonly url: string
  /** Gives it the application; until then the answer is 503. */
  readonly serve: (fetch: Fetch) => void
}

/** Listens on loopback. The application comes later, because an issuer must know its address first. */
export const openSite = async (port = 0): Promise<Site> => {
  let fetch: Fetch = () => new Response("The application is starting.\n", { status: 503 })
  const server = serve({ fetch: (...request) => fetch(...request), port, hostname: "127.0.0.1" }) as Server
  await once(server, "listening")
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    serve: (application) => {
      fetch = application
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
