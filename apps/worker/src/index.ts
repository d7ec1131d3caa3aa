import { env } from "cloudflare:workers"
import type { Env } from "./env.ts"
import { makeGateway } from "./gateway.ts"

export { TokenObject } from "@bearerkit/cloudflare"

export default makeGateway(env as unknown as Env)
