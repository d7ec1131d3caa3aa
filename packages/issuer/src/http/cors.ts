import type { CheckedConfig } from "../config/check.ts"
import type { Handler } from "../server.ts"

/** Lets pages of the clients call an old endpoint from a browser; other pages get no answer they can read. */
export const withCors = ({ clients }: CheckedConfig, handle: Handler): Handler => {
  const origins = new Set([...clients.values()].flatMap(({ redirectUris }) => redirectUris.map(originOf)))
  return async (request, response) => {
    const { origin } = request.headers
    response.setHeader("vary", "Origin")
    if (origin !== undefined && origin !== "null" && origins.has(origin)) {
      response.setHeader("access-control-allow-origin", origin)
      response.setHeader("access-control-expose-headers", EXPOSED)
    }
    if (request.method !== "OPTIONS") return handle(request, response)
    response.writeHead(204, {
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type, auth0-client",
      "access-control-max-age": "3600",
    })
    response.end()
  }
}

const EXPOSED = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"

const originOf = (uri: string): string => new URL(uri).origin
