import { once } from "node:events"
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"

export interface TestServer extends AsyncDisposable {
  readonly url: string
  /** The next request, answered or not. */
  readonly request: Promise<IncomingMessage>
}

/** A server for what no issuer does: an API that only records, HTML, silence. */
export const startServer = async (listener: RequestListener): Promise<TestServer> => {
  const server = createServer(listener)
  const request = once(server, "request").then(([incoming]: Array<unknown>) => incoming as IncomingMessage)
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    request,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
