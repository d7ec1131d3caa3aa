import { cacheShelf, edgeNetwork } from "@bearerkit/cloudflare"
import { bearerAuth, verifiedTokenCache } from "@bearerkit/hono"
import { env } from "cloudflare:workers"
import { Hono } from "hono/tiny"
import type { Env } from "./env.ts"

/** The smallest gateway: it lets on who brings a good token, as they are. */
const { ISSUER, AUDIENCE, ORDERS_URL } = env as unknown as Env

const network = edgeNetwork({ shelf: cacheShelf() })

export default new Hono()
  .use(bearerAuth({ issuer: ISSUER, audience: AUDIENCE, cache: verifiedTokenCache(), ...network }))
  .all("*", (c) => {
    const { pathname, search } = new URL(c.req.url)
    return fetch(new Request(ORDERS_URL + pathname + search, c.req.raw), { redirect: "manual" })
  })
