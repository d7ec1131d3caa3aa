import type { Reply } from "@bearerkit/core"
import type { Context } from "hono"

/** Converts the core's answer to a `Response`. */
export const answer = ({ status, headers, body }: Reply): Response =>
  new Response(body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) })

/** A cache on the way that goes by the address alone must not show one person's page to another. */
export const keepPrivate = (c: Context): void => {
  const { headers, status } = c.res
  // the answer that opens a WebSocket can be copied nowhere
  if (status !== 101 && !headers.has("cache-control")) c.header("cache-control", "private")
}
