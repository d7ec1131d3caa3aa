import { problemBody, type Refusal } from "@bearerkit/core"
import type { Context } from "hono"

/** A refusal as a response: JSON, or text if the client prefers it. */
export const refused = (c: Context, { status, challenges, headers, problem }: Refusal): Response => {
  const { contentType, body } = problemBody(problem, c.req.header("accept") ?? null)
  const answer = c.body(body, status, { ...headers, "content-type": contentType })
  for (const challenge of challenges) answer.headers.append("www-authenticate", challenge)
  return answer
}
