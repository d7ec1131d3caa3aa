import type { IncomingMessage } from "node:http"
import { isIP } from "node:net"

/** The address logins are counted for; an authenticated client that is allowed to may forward its user's. */
export const remoteAddress = (request: IncomingMessage, forwarded: boolean): string => {
  const own = (request.socket.remoteAddress ?? "unknown").replace(/^::ffff:/, "")
  if (!forwarded) return own
  const header = request.headers["auth0-forwarded-for"]
  const first = typeof header === "string" ? header.split(",")[0]!.trim() : ""
  return isIP(first) === 0 ? own : first
}
