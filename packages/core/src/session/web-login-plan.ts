import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { invalidOptions, SessionError } from "../errors/session-error.ts"
import type { VerifyError } from "../errors/verify-error.ts"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import { checkUrl } from "../http/url.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { setKey } from "../provide/login-record.ts"
import type { Lock } from "../store/lock.ts"
import type { TokenStore } from "../store/token-store.ts"
import { type IdTokenVerifier, makeIdTokenVerifier } from "../verify/id-token.ts"
import { issuerKeys } from "../verify/issuer-keys.ts"
import { type LogoutTokenVerifier, makeLogoutTokenVerifier } from "../verify/logout-token.ts"
import { isCookieName } from "./cookie.ts"
import { makeCookieSeal } from "./cookie-seal.ts"
import { type LoginTransactions, makeLoginTransactions } from "./login-transactions.ts"
import { ownPath } from "./return-to.ts"
import type { Sessions } from "./sessions.ts"
import { type Lifetime, makeLifetime } from "./session-lifetime.ts"
import { makeSessionTokens, type SessionTokens } from "./session-tokens.ts"
import type { WebLoginOptions, WebLoginPaths } from "./web-login-options.ts"

/** Validated options, and what is made of them once. */
export interface WebLoginPlan extends Pick<WebLoginOptions, "authorization" | "loginLifetime" | "pushed"> {
  readonly client: Client
  readonly origin: string
  readonly paths: WebLoginPaths
  readonly targetInput: TargetInput
  /** The key of the target's token set in a login. */
  readonly targetKey: string
  readonly lifetime: Lifetime
  readonly sessions: Sessions
  readonly transactions: LoginTransactions
  readonly tokens: SessionTokens
  readonly idTokens: IdTokenVerifier
  readonly logoutTokens: LogoutTokenVerifier
  /** An absolute URL. */
  readonly afterLogout: string | undefined
}

export type WebLoginServices = Discovery | Http | Lock | Scope.Scope | SingleFlight | TokenStore

/** Fails on invalid options when the login is built, not when the first person signs in. */
export const makePlan: (options: WebLoginOptions) => Effect.Effect<WebLoginPlan, SessionError, WebLoginServices> =
  Effect.fnUntraced(function* (options) {
    const { client, baseUrl, cookieName = "session", cookieKeys, idTokenKeys: keys = issuerKeys() } = options
    const origin = yield* originOf(baseUrl)
    const paths = yield* pathsOf(options.paths, origin)
    const target = yield* targetOf(options)
    if (!isCookieName(cookieName)) return yield* invalidOptions("cookieName", "must be letters, digits, - or _")
    const lifetime = yield* makeLifetime(options)
    const seal = yield* makeCookieSeal(cookieKeys, { purpose: "login", cookie: cookieName })
    const sessions = yield* options.sessions({
      cookieName: `__Host-${cookieName}`,
      cookieKeys,
      issuer: client.issuer,
      lifetime,
    })
    if (sessions.index === undefined && options.paths?.backChannelLogout !== undefined) {
      return yield* invalidOptions(
        "paths.backChannelLogout",
        "needs sessions in a store: those in cookies cannot be found without their browsers",
        "Keep sessions with storedSessions(), or leave the path out.",
      )
    }
    const verifying = { issuer: client.issuer, clientId: client.clientId, keys }
    return {
      ...options,
      origin,
      paths,
      targetInput: options.target,
      targetKey: setKey(target, client),
      lifetime,
      sessions,
      transactions: makeLoginTransactions(`__Host-${cookieName}-login-`, seal),
      tokens: yield* makeSessionTokens({ client, renewsAhead: sessions.renewsAhead }),
      idTokens: yield* Effect.mapError(makeIdTokenVerifier(verifying), asSession),
      logoutTokens: yield* Effect.mapError(makeLogoutTokenVerifier(verifying), asSession),
      afterLogout: options.afterLogout === undefined ? undefined : yield* addressOf(options.afterLogout, origin),
    }
  })

const originOf = (baseUrl: string): Effect.Effect<string, SessionError> => {
  const problem = checkUrl(String(baseUrl), false)
  if (problem !== undefined) return invalidOptions("baseUrl", problem.problem, problem.fix)
  const { origin, pathname, search, hash } = new URL(baseUrl)
  if (pathname !== "/" || search !== "" || hash !== "") {
    return invalidOptions("baseUrl", "must be an origin such as https://app.example", "Put the path into paths.")
  }
  return Effect.succeed(origin)
}

const defaults: WebLoginPaths = {
  login: "/login",
  callback: "/callback",
  logout: "/logout",
  backChannelLogout: "/backchannel-logout",
}

const pathsOf = (paths: Partial<WebLoginPaths> | undefined, origin: string) => {
  const all = { ...defaults, ...paths }
  const wrong = Object.entries(all).find(([, path]) => ownPath(path, origin) !== path || /[?#%:*{}]/.test(path))
  if (wrong !== undefined) return invalidOptions(`paths.${wrong[0]}`, "must be a path such as /auth/login")
  if (new Set(Object.values(all)).size < 4) return invalidOptions("paths", "has a path twice")
  return Effect.succeed(all)
}

const targetOf = ({ target: input }: WebLoginOptions): Effect.Effect<Target, SessionError> => {
  const target = parseTarget(input)
  if (Result.isFailure(target)) return invalidOptions(target.failure.field, target.failure.problem)
  if (target.success.scopes.includes("openid")) return Effect.succeed(target.success)
  return invalidOptions("target.scope", "must have openid: without it nobody knows who signed in", "Add openid to it.")
}

const addressOf = (path: string, origin: string): Effect.Effect<string, SessionError> => {
  const own = ownPath(path, origin)
  return own === undefined ? invalidOptions("afterLogout", "must be a path") : Effect.succeed(`${origin}${own}`)
}

const asSession = ({ reason }: VerifyError): SessionError =>
  new SessionError({
    reason:
      reason._tag === "InvalidOptions"
        ? reason
        : { _tag: "InvalidOptions", field: "idTokenKeys", problem: "is not usable" },
  })
