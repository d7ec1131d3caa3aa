import { type AcquireError, invalidOptions, parseCallback } from "@bearerkit/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { type ClosingPage, htmlOf, notWaitedFor, pageHeaders } from "./closing-page.ts"

export interface LoopbackServerOptions {
  /** Where to listen; `::1` for machines without IPv4. @default "127.0.0.1" */
  readonly host?: "127.0.0.1" | "::1" | undefined
  /** @default 0, a free port, which every issuer must accept (RFC 8252 §7.3) */
  readonly port?: number | undefined
  /** The one path that is answered. @default "/callback" */
  readonly path?: string | undefined
}

/** The awaited callback, and how to answer it with a page. */
export interface Arrival {
  readonly url: string
  readonly show: (page: ClosingPage) => Effect.Effect<void>
}

export interface LoopbackServer {
  readonly redirectUri: string
  /** The first callback with this state; later ones are refused. Others get a page and change nothing. */
  readonly arrival: (state: string) => Effect.Effect<Arrival>
}

/** Listens on loopback only, until its scope ends. */
export const listenOnLoopback = (
  options: LoopbackServerOptions,
): Effect.Effect<LoopbackServer, AcquireError, Scope.Scope> =>
  Effect.gen(function* () {
    const { path = "/callback", port = 0, host = "127.0.0.1" } = options
    if (!/^\/[\w\-./~]*$/.test(path)) return yield* invalidOptions("path", "must be a path such as /callback")
    if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) {
      return yield* invalidOptions("port", "must be a number from 0 to 65535")
    }
    if (host !== "127.0.0.1" && host !== "::1") return yield* invalidOptions("host", "must be 127.0.0.1 or ::1")
    const server = yield* Effect.acquireRelease(listening({ host, port }), close)
    const { port: chosen, family } = server.address() as AddressInfo
    const origin = `http://${family === "IPv6" ? "[::1]" : "127.0.0.1"}:${chosen}`
    const redirectUri = `${origin}${path}`
    return { redirectUri, arrival: (state) => arrivalAt(server, redirectUri, state) }
  })

const listening = ({ host, port }: { readonly host: string; readonly port: number }) =>
  Effect.catchIf(listen(host, port), isWithoutFamily, () => listen("::1", port)).pipe(
    Effect.mapError((error) =>
      invalidOptions(
        "port",
        `${port} cannot be listened on (${error.code ?? "unknown"})`,
        "Choose another one, or none for a free one.",
      ),
    ),
  )

const listen: (host: string, port: number) => Effect.Effect<Server, NodeJS.ErrnoException> = Effect.fnUntraced(
  function* (host, port) {
    // only a login needs it, and importing it costs every program 25 ms
    const { createServer } = yield* Effect.promise(() => import("node:http"))
    return yield* Effect.callback<Server, NodeJS.ErrnoException>((resume) => {
      const server = createServer({ maxHeaderSize: 65_536, requestTimeout: 10_000 })
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen({ host, port, exclusive: true }, () => resume(Effect.succeed(server)))
    })
  },
)

const isWithoutFamily = ({ code }: NodeJS.ErrnoException): boolean =>
  code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT"

const close = (server: Server): Effect.Effect<void> =>
  Effect.sync(() => {
    server.close()
    server.closeAllConnections()
  })

const arrivalAt = (server: Server, redirectUri: string, state: string): Effect.Effect<Arrival> =>
  Effect.gen(function* () {
    const arrived = yield* Deferred.make<Arrival>()
    let over = false
    server.on("request", (request, response) => {
      const url = urlOf(request, redirectUri)
      if (url === undefined || over) return refuse(request, response)
      if (stateOf(url) !== state) return write(response, notWaitedFor)
      over = true
      server.close()
      Deferred.doneUnsafe(arrived, Effect.succeed({ url: url.href, show: (page) => shown(response, page) }))
    })
    return yield* Deferred.await(arrived)
  })

/** The URL of a request to the one path and host: another host could be another site's (DNS rebinding). */
const urlOf = ({ method, headers, url = "" }: IncomingMessage, redirectUri: string): URL | undefined => {
  const expected = new URL(redirectUri)
  if (method !== "GET" || headers.host !== expected.host || !URL.canParse(url, redirectUri)) return undefined
  const asked = new URL(url, redirectUri)
  return asked.origin === expected.origin && asked.pathname === expected.pathname ? asked : undefined
}

const stateOf = (url: URL): string | undefined => {
  const callback = parseCallback(url, "query")
  return callback._tag === "Answer" || callback._tag === "Denial" ? callback.state : undefined
}

const refuse = (request: IncomingMessage, response: ServerResponse): void => {
  request.resume()
  response.writeHead(404, pageHeaders).end()
}

const write = (response: ServerResponse, page: ClosingPage, done?: () => void): void =>
  void response.writeHead(page.status, pageHeaders).end(htmlOf(page), done)

/** Waits until the page is sent, or the browser has gone. */
const shown = (response: ServerResponse, page: ClosingPage): Effect.Effect<void> =>
  Effect.callback((resume) => {
    response.once("close", () => resume(Effect.void))
    if (response.destroyed) return resume(Effect.void)
    return write(response, page, () => resume(Effect.void))
  })
