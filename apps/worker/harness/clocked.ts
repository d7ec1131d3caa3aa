import { env } from "cloudflare:workers"
import type { Env } from "../src/env.ts"
import { makeGateway } from "../src/gateway.ts"

export { TokenObject } from "@bearerkit/cloudflare"

let ahead = 0

/** The gateway, whose clock a test moves. */
const gateway = makeGateway(env as unknown as Env, { now: () => Date.now() + ahead })

export default {
  fetch: (request: Request, env: object, context: ExecutionContext): Response | Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname !== "/test/clock") return gateway.fetch(request, env, context)
    ahead = Number(searchParams.get("ahead"))
    return new Response("moved")
  },
}
