import { edgeCache, durableObjectStorage, edgeNetwork, kvStorage, secretBinding } from "@bearerkit/cloudflare"
import {
  bearerAuth,
  clientSecretBasic,
  delegation,
  derivedKey,
  encryptedStorage,
  legacyWire,
  secret,
  storedSessions,
  telemetryEvents,
  verifiedTokenCache,
  webLogin,
} from "@bearerkit/hono"
import { Hono, type MiddlewareHandler } from "hono"
import type { Env } from "./env.ts"
import { logError, logged, logRefusal } from "./log.ts"
import { makeStatus } from "./status.ts"

export interface GatewayOptions {
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
}

/** The gateway: people with a session and programs with a token, each route with the token of the API behind it. */
export const makeGateway = (env: Env, { now }: GatewayOptions = {}) => {
  const status = makeStatus()
  const edge = () => ({
    ...edgeNetwork({ cache: edgeCache() }),
    telemetry: telemetryEvents(status.event),
    onError: logError,
    ...(now && { now }),
  })
  const client = {
    issuer: env.ISSUER,
    clientId: env.CLIENT_ID,
    clientAuth: clientSecretBasic(secretBinding(env, "CLIENT_SECRET")),
  }
  const keys = [derivedKey("1", secretBinding(env, "STORE_KEY"))] as const

  const login = webLogin({
    ...client,
    ...edge(),
    baseUrl: env.BASE_URL,
    cookieKeys: [secretBinding(env, "COOKIE_KEY")],
    sessions: storedSessions({ storage: encryptedStorage(durableObjectStorage(env.SESSIONS), { keys }) }),
    target: { audience: env.AUDIENCE, scope: "openid profile offline_access" },
  })
  const auth = bearerAuth({
    issuer: env.ISSUER,
    audience: env.AUDIENCE,
    cache: verifiedTokenCache(),
    ...edge(),
    onRefused: logRefusal,
  })
  const orders = delegation({ ...client, ...edge(), storage: encryptedStorage(kvStorage(env.TOKENS), { keys }) })

  // the old world: ID tokens of one client, signed with its secret, become ID tokens of the API, signed with that one's
  const legacySecret = secretBinding(env, "LEGACY_CLIENT_SECRET")
  const legacyAuth = bearerAuth({
    issuer: env.ISSUER,
    audience: env.LEGACY_CLIENT_ID,
    keys: secret(legacySecret),
    profile: "compatible",
    onRefused: logRefusal,
  })
  const legacy = delegation({
    issuer: env.ISSUER,
    clientId: env.LEGACY_CLIENT_ID,
    wire: legacyWire,
    ...edge(),
    storage: encryptedStorage(kvStorage(env.TOKENS), { keys }),
  })

  const app = new Hono()
  app.use(logged(status))
  app.get("/status", (c) => c.json(status.report()))
  app.use(login.session)
  app.route("/", login.routes)
  app.get("/me", login.requireLogin(), async (c) => {
    await c.var.session.token()
    return c.json({ user: c.var.session.user, endsAt: c.var.session.endsAt })
  })
  app.all(
    "/orders/*",
    sessionOr(auth),
    orders.forwardTo(env.ORDERS_URL, { audience: env.ORDERS_AUDIENCE, scope: env.ORDERS_SCOPE }),
  )
  app.all("/legacy/*", legacyAuth, legacy.forwardTo(env.LEGACY_URL, { audience: env.LEGACY_AUDIENCE }))
  return app
}

/** People have a session; everybody else needs a token. */
const sessionOr =
  (auth: MiddlewareHandler): MiddlewareHandler =>
  (c, next) =>
    c.get("session") === undefined ? auth(c, next) : next()
