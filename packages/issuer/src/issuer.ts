import type { IncomingMessage } from "node:http"

import { type AuditEntry, makeAudit } from "./audit.ts"
import { notesOf, warningsOf } from "./config/warnings.ts"
import { checkConfig, type CheckedConfig } from "./config/check.ts"
import type { IssuerConfig } from "./config/config.ts"
import { type Directory, openDirectory } from "./connection/directory.ts"
import type { Context } from "./context.ts"
import { makeRefusals, type RefusalEntry } from "./delegation/refusals.ts"
import { grantType } from "./grant/grant-type.ts"
import { type Answer, send } from "./http/answer.ts"
import { withCors } from "./http/cors.ts"
import { makeRequestLog, type RequestEntry, type RequestLog } from "./http/request-log.ts"
import { makeInteraction } from "./interaction/interaction.ts"
import { type Keys, makeKeys } from "./keys.ts"
import { makeLegacyChains } from "./legacy/chains.ts"
import { makeDelegation } from "./legacy/delegation.ts"
import { makeLogout } from "./legacy/logout.ts"
import { makeOauthRo } from "./legacy/oauth-ro.ts"
import { makeLegacyRefreshTokens } from "./legacy/refresh-token.ts"
import { makeTokeninfo } from "./legacy/tokeninfo.ts"
import { makeLogin } from "./protection/login.ts"
import { makeMint, type Mint } from "./mint.ts"
import { makeProvider } from "./provider/provider.ts"
import { makeSecrets } from "./secrets.ts"
import { type Handler, listen, type RunningServer } from "./server.ts"
import { makeUsage, type RefreshEntry } from "./usage.ts"

/** How to start an issuer. */
export interface IssuerOptions {
  readonly config: IssuerConfig
  /** @default 0, a free port */
  readonly port?: number
  /** @default "127.0.0.1" */
  readonly host?: string
  /** Gets one line per event; never a token, a secret or a password. @default silent */
  readonly log?: (line: string) => void
  /** Epoch milliseconds for blocks and rate limits; tokens always have the real time. @default Date.now */
  readonly now?: () => number
  /** Remember every token and secret that is used, for tests that search for leaks. @default false */
  readonly collectSecrets?: boolean
  /**
   * The maximum number of refresh tokens, codes, grants and sessions of each kind; the oldest are evicted. @default
   * 20000
   */
  readonly capacity?: number
}

/** A running issuer. */
export interface Issuer extends AsyncDisposable {
  /** The issuer identifier, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** What was issued, in order, the latest 100 000; never a token. */
  readonly audit: ReadonlyArray<AuditEntry>
  /** Refused delegations, the latest 10 000; never a token. */
  readonly refusals: ReadonlyArray<RefusalEntry>
  /**
   * Every use of a refresh token, in order, the latest 100 000: a token sent twice appears twice, by its fingerprint.
   */
  readonly refreshes: ReadonlyArray<RefreshEntry>
  /** How many token requests there were with a grant type, given by its name or its URI, whatever the answer. */
  readonly countGrants: (grantType: string) => number
  /** The latest requests, answered. */
  readonly requests: ReadonlyArray<RequestEntry>
  /** How many requests arrived for a path since the start. */
  readonly countRequests: (path: string, method?: string) => number
  /** Calls the listener with every new entry of the audit; returns a function that stops it. */
  readonly onAudit: (listener: (entry: AuditEntry) => void) => () => void
  /** Signs a token for a test, without a request: also one that is expired, for somebody else or of another kind. */
  readonly mint: Mint
  /** Every token and secret of at least 8 characters that was used, if `collectSecrets` is set. */
  readonly minted: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

/**
 * Starts an authorization server for development and tests.
 *
 * Rejects with {@link IssuerConfigError} if the configuration is wrong.
 */
export const startIssuer = async (options: IssuerOptions): Promise<Issuer> => {
  const { host = "127.0.0.1", port = 0, log = () => {} } = options
  const config = checkConfig(options.config)
  const keys = await makeKeys(config.jwks)
  const requests = makeRequestLog(log)
  const server = await listen({ host, port, watch: requests.watch, log })
  return closingOnFailure(server, async () => {
    const directory = await openDirectory(config.connections)
    return closingOnFailure(directory, () => run({ options, config, keys, requests, server, directory }))
  })
}

interface Opened {
  readonly options: IssuerOptions
  readonly config: CheckedConfig
  readonly keys: Keys
  readonly requests: RequestLog
  readonly server: RunningServer
  readonly directory: Directory
}

const run = async ({ options, config, keys, requests, server, directory }: Opened): Promise<Issuer> => {
  const { host = "127.0.0.1", log = () => {}, now = Date.now, capacity = 20_000 } = options
  const issuer = config.issuer ?? originOf(host, server.port)
  const context: Context = {
    issuer,
    config,
    keys,
    directory,
    login: makeLogin({ now, log }),
    audit: makeAudit(),
    refusals: makeRefusals(log),
    usage: makeUsage(),
    refreshTokens: makeLegacyRefreshTokens(capacity),
    legacyChains: makeLegacyChains(),
    delegated: new WeakMap(),
    secrets: makeSecrets(options.collectSecrets ?? false),
    capacity,
    now,
    log,
  }
  context.secrets.add(...configuredSecrets(config))
  await answerRequests(context, server)
  log(`BearerKit issuer, for development and tests only: ${issuer}`)
  for (const warning of warningsOf(config)) log(`warning: ${warning}`)
  for (const note of notesOf(config)) log(`note: ${note}`)

  const close = once(async () => {
    await server.close()
    await directory.close()
  })
  return {
    url: issuer,
    port: server.port,
    audit: context.audit.entries,
    refusals: context.refusals.entries,
    refreshes: context.usage.refreshes,
    countGrants: (name) => context.usage.countGrants(grantType(name) ?? name),
    requests: requests.entries,
    countRequests: requests.count,
    onAudit: context.audit.listen,
    mint: makeMint(context),
    minted: context.secrets.values,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const answerRequests = async (context: Context, server: RunningServer): Promise<void> => {
  const provider = await makeProvider(context)
  const standard = provider.callback()
  const logout = makeLogout(context, provider)
  const interaction = makeInteraction(context, provider)
  const at = new URL(context.issuer)
  const legacy = (answer: (request: IncomingMessage) => Promise<Answer>): Handler =>
    withCors(context.config, async (request, response) => send(response, await answer(request)))
  server.handle(
    [
      ["/oauth/ro", legacy(makeOauthRo(context, provider))],
      ["/delegation", legacy(makeDelegation(context))],
      ["/tokeninfo", legacy(makeTokeninfo(context))],
      ["/logout", logout],
      ["/v2/logout", logout],
      [
        "/interaction/",
        async (request, response) => {
          pretendHost(request, at)
          await interaction(request, response)
        },
      ],
    ],
    async (request, response) => {
      pretendHost(request, at)
      await standard(request, response)
    },
  )
}

// Addresses in answers follow the configured issuer, never what a request claims.
const pretendHost = (request: IncomingMessage, at: URL): void => {
  request.headers.host = at.host
  delete request.headers["x-forwarded-host"]
  delete request.headers["x-forwarded-for"]
  request.headers["x-forwarded-proto"] = at.protocol.slice(0, -1)
}

const originOf = (host: string, port: number): string => {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`
}

const configuredSecrets = (config: CheckedConfig): ReadonlyArray<string | undefined> => [
  ...[...config.clients.values()].map((client) => client.secret),
  ...[...config.apis.values()].map((api) => api.key?.toString()),
  ...config.connections.flatMap((connection) =>
    connection.strategy === "ldap" ? [connection.bindPassword] : connection.users.map((user) => user.password),
  ),
]

interface Closable {
  readonly close: () => Promise<void>
}

const closingOnFailure = async <Value>(opened: Closable, next: () => Promise<Value>): Promise<Value> => {
  try {
    return await next()
  } catch (error) {
    await opened.close()
    throw error
  }
}

const once = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
