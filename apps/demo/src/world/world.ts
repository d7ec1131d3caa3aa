import { type Api, startApi, startRelay } from "@bearerkit/app-api"
import { type Spa, startSpa } from "@bearerkit/app-spa"
import { openSite } from "@bearerkit/app-web"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import {
  type Availability,
  type Browser,
  isBrowserAvailable,
  isRedisAvailable,
  isSlapdAvailable,
  type Platform,
  type Slapd,
  startBrowser,
  startPlatform,
  startSlapd,
} from "@bearerkit/services"
import { type Break, clockOf, heldSecrets } from "./break.ts"
import { type FirstApi, startFirstApi } from "./first-api.ts"
import { type Fleet, startFleet } from "./fleet.ts"
import { type Gateway, startEdge } from "./edge.ts"
import { issuerConfig } from "./issuer-config.ts"
import { audiences, clients, lin } from "./people.ts"
import { makeSecrets, type Secrets } from "./secrets.ts"
import { startWebApp, type WebApp } from "./web.ts"

/** Everything that a step needs: the servers, and what the programs know. */
export interface World extends AsyncDisposable {
  readonly issuer: Issuer
  readonly api: Api
  /** Vouches for what runs there, as GitHub and a Kubernetes cluster do. */
  readonly platform: Platform
  readonly web: WebApp
  /** The single page app, built when its first page is opened. */
  readonly spa: Spa
  /** Started when somebody asks first. */
  readonly browser: () => Promise<Browser>
  /** What the programs hold; after `--break wrong-secret` not what the issuer knows. */
  readonly secrets: Secrets
  /** The programs' clock, in epoch milliseconds. */
  readonly now: () => number
  /** Processes of the web app, started when somebody asks first. */
  readonly fleet: () => Promise<Fleet>
  /** The process of the orders API that asks the billing API, started when somebody asks first. */
  readonly firstApi: () => Promise<FirstApi>
  /** The gateway in workerd, started when somebody asks first. */
  readonly gateway: () => Promise<Gateway>
  /** Why there is no LDAP directory and how to get it, if there is none. */
  readonly noLdap: string | undefined
  /** The same of Redis, without which there is no fleet. */
  readonly noRedis: string | undefined
  /** The same of the browser. */
  readonly noBrowser: string | undefined
}

/** Starts the directory (where it is installed), the issuer, the APIs and the web app, each on a free loopback port. */
export const startWorld = async (broken?: Break, options?: Parameters<typeof startSpa>[0]): Promise<World> => {
  await using started = new AsyncDisposableStack()
  const real = makeSecrets()
  const ldap = isSlapdAvailable()
  const slapd = ldap.available ? started.use(await startDirectory(real)) : undefined
  const platform = started.use(await startPlatform())
  const site = started.use(await openSite())
  const spa = started.use(await startSpa(options))
  const surroundings = { slapd, platform, web: site.url, spa: spa.url }
  const issuer = started.use(await startIssuer({ config: issuerConfig(real, surroundings) }))
  const secrets = heldSecrets(real, broken)
  const now = clockOf(broken)
  const api = started.use(
    await startApi({
      issuer: issuer.url,
      audience: [audiences.orders, audiences.shortLived, audiences.billing],
      legacy: { audience: clients.legacyApi, secret: secrets.legacyApi },
      origins: [spa.url],
      now,
    }),
  )
  const relay = started.use(
    await startRelay({
      issuer: issuer.url,
      audience: audiences.reports,
      clientId: clients.reportsApi,
      clientSecret: secrets.reportsApi,
      next: { url: api.url, target: { audience: audiences.orders, scope: "orders:read" } },
      now,
    }),
  )
  const web = startWebApp({ site, issuer, api, relay, secrets, now }, started)
  spa.configure({
    issuer: issuer.url,
    clientId: clients.spa,
    hashClientId: clients.hashSpa,
    api: api.url,
    audience: audiences.orders,
    nextAudience: audiences.billing,
    ahead: now() - Date.now(),
  })
  const browser = once(startBrowser, started)
  const fleet = once(() => startFleet({ web, now }), started)
  const firstApi = once(() => startFirstApi({ issuer, api, secrets, now }), started)
  const gateway = once(() => startEdge({ issuer, api, secrets, now }), started)
  if (broken === "issuer-stopped") await issuer.close()
  const servers = started.move()
  return {
    issuer,
    api,
    platform,
    web,
    spa,
    browser,
    secrets,
    now,
    fleet,
    firstApi,
    gateway,
    noLdap: lacking(ldap),
    noRedis: lacking(isRedisAvailable()),
    noBrowser: lacking(isBrowserAvailable()),
    [Symbol.asyncDispose]: () => servers.disposeAsync(),
  }
}

const startDirectory = (secrets: Secrets): Promise<Slapd> =>
  startSlapd({ people: [{ ...lin, password: secrets.linPassword }] })

/** Starts something when it is asked for first; it ends with the others. */
const once = <A extends AsyncDisposable>(
  start: () => Promise<A>,
  started: AsyncDisposableStack,
): (() => Promise<A>) => {
  let running: Promise<A> | undefined
  started.defer(async () => {
    const [ended] = await Promise.allSettled([running])
    if (ended.status === "fulfilled") await ended.value?.[Symbol.asyncDispose]()
  })
  return () => (running ??= start())
}

const lacking = (state: Availability): string | undefined =>
  state.available ? undefined : `${state.why}; to get it: ${state.how}`
