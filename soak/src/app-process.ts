import { BearerError, clientSecretBasic, storedSessions, webLogin } from "@bearerkit/hono"
import { redis } from "@bearerkit/redis"
import { serve } from "@hono/node-server"
import { Hono } from "hono"
import { audience, clientId, site } from "./plan.ts"

export interface AppOptions {
  /** Names this process, not the one that came before it or comes after it. */
  readonly name: string
  readonly issuer: string
  readonly clientSecret: string
  readonly cookieKey: string
  readonly redisUrl: string
  readonly deadAfter: number
}

/** What the page says. */
export interface Page {
  /** Whether there is a token to call an API with, else the error's code. */
  readonly token: string
}

const start = ({ name, issuer, clientSecret, cookieKey, redisUrl, deadAfter }: AppOptions): void => {
  const login = webLogin({
    issuer,
    clientId,
    clientAuth: clientSecretBasic(clientSecret),
    baseUrl: site,
    cookieKeys: [cookieKey],
    target: { audience, scope: "openid offline_access read" },
    authorization: { prompt: "consent" },
    sessions: storedSessions({ storage: redis({ url: redisUrl, deadAfter }) }),
    // this is about what goes wrong, not about how fast the machine is
    timeout: "20 seconds",
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set("x-soak-process", name)
      return fetch(input, { ...init, headers })
    },
  })
  const app = new Hono()
  app.use(login.session)
  app.route("/", login.routes)
  app.get("/page", login.requireLogin(), async (c) => c.json({ token: await tokenOf(c.var.session) } satisfies Page))
  const serverOptions = { keepAliveTimeout: 600_000 }
  serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1", serverOptions }, ({ port }) => process.send?.(port))
}

const tokenOf = async (session: { readonly token: () => Promise<string> }): Promise<string> => {
  try {
    await session.token()
    return "usable"
  } catch (error) {
    return error instanceof BearerError ? error.code : "unknown"
  }
}

process.once("message", start)
process.on("disconnect", () => process.exit())
