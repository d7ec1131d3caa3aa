import type { Reply } from "@bearerkit/core"

/** An answer of the core as a response. */
export const answer = ({ status, headers, body }: Reply): Response =>
  new Response(body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) })
