import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Refused } from "./form.ts"
import { delegation, oauthRo, tokeninfo } from "./legacy.ts"
import { makeState, type State } from "./state.ts"
import { token } from "./token-endpoint.ts"
import { introspect, revoke, userinfo } from "./token-status.ts"

export interface ForeignServer {
  /** The issuer, with a slash at the end. */
  readonly url: string
  readonly countRequests: (path: string, method?: string) => number
  readonly audit: ReadonlyArray<{ readonly jti: string }>
  readonly minted: ReadonlyArray<string>
  /** Parameters of requests that no specification names. */
  readonly unrecognized: ReadonlySet<string>
  readonly close: () => Promise<void>
}

/** An authorization server written from the specifications alone; it shares no line with the code under test. */
export const startForeignServer = async (): Promise<ForeignServer> => {
  const requests: Array<{ readonly path: string; readonly method: string | undefined }> = []
  let state: State | undefined
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname
    requests.push({ path, method: request.method })
    if (state !== undefined) void handle(state, path, { request, response })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  state = makeState(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    url: state.issuer,
    audit: state.audit,
    minted: state.minted,
    unrecognized: state.unrecognized,
    countRequests: (path, method) =>
      requests.filter((each) => each.path === path && (method === undefined || each.method === method)).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

type Route = (state: State, request: IncomingMessage) => Promise<unknown>

/** RFC 8414 §2 */
const metadata: Route = async ({ issuer }) => ({
  issuer,
  token_endpoint: `${issuer}token`,
  introspection_endpoint: `${issuer}introspect`,
  revocation_endpoint: `${issuer}revoke`,
  userinfo_endpoint: `${issuer}userinfo`,
  end_session_endpoint: `${issuer}logout?tenant=1`,
  response_types_supported: [],
})

const routes: Readonly<Record<string, Route>> = {
  "/.well-known/oauth-authorization-server": metadata,
  "/delegation": delegation,
  "/introspect": introspect,
  "/oauth/ro": oauthRo,
  "/revoke": revoke,
  "/token": token,
  "/tokeninfo": tokeninfo,
  "/userinfo": userinfo,
}

const handle = async (state: State, path: string, { request, response }: Exchange): Promise<void> => {
  // RFC 6749 §5.1
  const headers = { "content-type": "application/json", "cache-control": "no-store", pragma: "no-cache" }
  try {
    const route = routes[path]
    if (route === undefined) throw new Refused(404, "not_found", "nothing is here")
    const body = await route(state, request)
    response.writeHead(200, body === undefined ? { "cache-control": "no-store" } : headers)
    response.end(body === undefined ? undefined : JSON.stringify(body))
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused(500, "server_error", String(error))
    const challenge = refused.status === 401 && { "www-authenticate": `${schemeOf(request)} realm="foreign"` }
    response.writeHead(refused.status, { ...headers, ...challenge })
    response.end(JSON.stringify({ error: refused.error, error_description: refused.message }))
  }
}

/** RFC 6749 §5.2: the scheme that the client used. */
const schemeOf = (request: IncomingMessage): string => request.headers.authorization?.split(" ")[0] ?? "Basic"
