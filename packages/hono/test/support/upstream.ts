import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface Upstream extends AsyncDisposable {
  readonly url: string
  readonly requests: ReadonlyArray<IncomingMessage>
}

/** The server behind the proxy. */
export const startUpstream = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> => {
  const requests: Array<IncomingMessage> = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, "close")
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: close,
  }
}
