import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"

import { errorAnswer, send } from "./http/answer.ts"
import { pathOf } from "./http/request-log.ts"

/** Answers one request completely. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Which handler a path belongs to: the whole path, or the part up to a slash at the end. */
export type Routes = ReadonlyArray<readonly [path: string, handler: Handler]>

export interface RunningServer {
  readonly port: number
  readonly handle: (routes: Routes, otherwise: Handler) => void
  readonly close: () => Promise<void>
}

/** The address cannot be listened on; the message says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError"
}

interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly watch: (request: IncomingMessage, response: ServerResponse) => void
  readonly log: (line: string) => void
}

/** Listens first and answers later: the issuer identifier needs the port. */
export const listen = async ({ host, port, watch, log }: ListenOptions): Promise<RunningServer> => {
  const server = createServer()
  await started(server, host, port)
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the server has no port")
  return {
    port: address.port,
    handle: (routes, otherwise) => {
      server.on("request", (request, response) => {
        watch(request, response)
        const path = pathOf(request)
        const route = routes.find(([known]) => path === known || (known.endsWith("/") && path.startsWith(known)))
        ;(route?.[1] ?? otherwise)(request, response).catch((error: unknown) => {
          log(
            `${request.method} ${path} failed: ${error instanceof Error ? `${error.name}: ${error.message}` : "unknown"}`,
          )
          if (response.headersSent) response.destroy()
          else send(response, errorAnswer(500, "server_error", "the issuer failed; see its log"))
        })
      })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const started = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) => reject(explain(error, host, port)))
    server.listen(port, host, () => {
      server.removeAllListeners("error")
      resolve()
    })
  })

const explain = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use; choose another one or 0 for a free one`,
    EACCES: `port ${port} on ${host} may not be used; choose one above 1023`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
  }
  return new ListenError(reasons[error.code ?? ""] ?? `cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  })
}
