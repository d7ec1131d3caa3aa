import { edgeNetwork } from "@bearerkit/cloudflare"
import { bearerAuth, verifiedTokenCache } from "@bearerkit/hono"
import { env } from "cloudflare:workers"
import { Hono } from "hono/tiny"
import type { Env } from "./env.ts"

/** The smallest gateway: it lets on who brings a good token, as they are. Each isolate fetches the issuer's keys itself. */
const { ISSUER, AUDIENCE, ORDERS_URL } = env as unknown as Env

export default new Hono()
  .use(bearerAuth({ issuer: ISSUER, audience: AUDIENCE, cache: verifiedTokenCache(), ...edgeNetwork() }))
  .all("*", (c) => {
    const { pathname, search } = new URL(c.req.url)
    return fetch(new Request(ORDERS_URL + pathname + search, c.req.raw), { redirect: "manual" })
  })
