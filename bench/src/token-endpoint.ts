import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

export interface TokenEndpoint extends AsyncDisposable {
  readonly url: string
  readonly requests: () => number
}

/** The least that a token endpoint can be, so that the clients' own time is seen. */
export const startTokenEndpoint = async (): Promise<TokenEndpoint> => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume().once("end", () => {
      const body = JSON.stringify({ access_token: `token-${requests}`, token_type: "Bearer", expires_in: 3600 })
      response.writeHead(200, { "content-type": "application/json" }).end(body)
    })
  })
  // who waits for the turns of the others keeps its connection
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
