import { type BearerError, explainRefusal, type Refusal } from "@bearerkit/hono"
import type { MiddlewareHandler } from "hono"
import { routePath } from "hono/route"
import type { Status } from "./status.ts"

/** One line of JSON per request: what was asked and how it went, and nothing that a caller has sent. */
export const logged =
  ({ request }: Status): MiddlewareHandler =>
  async (c, next) => {
    const begun = Date.now()
    await next()
    const ms = Date.now() - begun
    request(c.res.status, ms)
    const caller = c.get("session") !== undefined ? "session" : c.get("auth") !== undefined ? "bearer" : "nobody"
    write({ event: "request", method: c.req.method, route: routePath(c, -1), status: c.res.status, ms, caller })
  }

export const logRefusal = ({ status, reason }: Refusal): void => {
  const { code, what } = explainRefusal(reason)
  write({ event: "refused", status, code, what })
}

export const logError = (error: BearerError): void =>
  write({ event: "error", code: error.code, what: error.message, retryable: error.retryable })

const write = (line: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(line))
