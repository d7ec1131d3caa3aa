import type { Reply } from "@bearerkit/core"

/** Converts the core's answer to a `Response`. */
export const answer = ({ status, headers, body }: Reply): Response =>
  new Response(body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) })
