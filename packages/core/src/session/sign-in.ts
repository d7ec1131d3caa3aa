import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { beginAuthorization, completeAuthorization } from "../acquire/authorization-code.ts"
import type { CompleteOptions } from "../acquire/complete.ts"
import { refreshTokenWarnings } from "../acquire/no-refresh-token.ts"
import { AcquireError, type AcquireReason, loginRequired, type Rejected } from "../errors/acquire-error.ts"
import { callbackRefused } from "../errors/login-refusal.ts"
import type { SessionError } from "../errors/session-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Http } from "../http/client.ts"
import type { Claims } from "../model/claims.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { AuthorizationOptions } from "../protocol/authorization-params.ts"
import { parseCallback } from "../protocol/callback.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { beginLogin } from "../provide/login-record.ts"
import { removeLogin } from "../provide/login-store.ts"
import { orRevoked, revokeLater } from "../protocol/revoke-quietly.ts"
import { Lock } from "../store/lock.ts"
import { warn } from "../telemetry/telemetry.ts"
import { type Cookies, parseCookies } from "./cookie.ts"
import type { FoundTransaction } from "./login-transactions.ts"
import { ownPath } from "./return-to.ts"
import type { KeptSession } from "./sessions.ts"
import type { SessionRecord } from "./session-record.ts"
import { loginStoreOf } from "./session-entry.ts"
import type { WebLoginPlan } from "./web-login-plan.ts"
import { queryOf, type Redirect, type WebRequest } from "./web-request.ts"

export type SignInError = AcquireError | SessionError | StoreError

/** A failed callback. */
export interface SignInRefused {
  readonly error: SignInError
  /** Where the person wanted to go, for a new attempt. */
  readonly returnTo: string
  readonly cookies: ReadonlyArray<string>
}

/** What a login asks of the issuer, and where it ends. */
export interface BeginSignInOptions extends AuthorizationOptions {
  /** A path of the application. @default the request's `returnTo`, else "/" */
  readonly returnTo?: string | undefined
}

/** Sends a person to the issuer. */
export const beginSignIn: (
  plan: WebLoginPlan,
  request: WebRequest,
  options?: BeginSignInOptions,
) => Effect.Effect<Redirect, AcquireError, Discovery | Http> = Effect.fnUntraced(function* (
  plan,
  request,
  options = {},
) {
  const { returnTo, ...authorization } = options
  const wanted = returnTo ?? queryOf(request).get("returnTo")
  const redirectUri = redirectUriOf(plan)
  const { url, transaction } = yield* Effect.mapError(
    beginAuthorization(plan.client, plan.targetInput, {
      ...plan.authorization,
      ...authorization,
      redirectUri,
      pushed: plan.pushed,
      lifetime: plan.loginLifetime,
    }),
    ({ reason }) => new AcquireError({ reason: isAboutRedirect(reason) ? { ...reason, redirectUri } : reason }),
  )
  const login = { transaction, returnTo: ownPath(wanted, plan.origin) ?? "/" }
  return { location: url, cookies: yield* plan.transactions.add(login, cookiesOf(request)) }
})

/** Names the redirect URI to register if the issuer may have refused that. */
const isAboutRedirect = (reason: AcquireReason): reason is Rejected =>
  reason._tag === "Rejected" && /redirect.?uri/i.test(`${reason.error} ${reason.description}`)

/** Handles the issuer's response: begins a session if everything about it is valid. */
export const completeSignIn: (
  plan: WebLoginPlan,
  request: WebRequest,
) => Effect.Effect<Redirect | SignInRefused, never, Discovery | Http | Lock> = Effect.fnUntraced(
  function* (plan, request) {
    const query = queryOf(request)
    const callback = parseCallback(query, "query")
    const state = "state" in callback ? callback.state : undefined
    const cookies = cookiesOf(request)
    const found = state === undefined ? undefined : yield* plan.transactions.find(state, cookies)
    const returnTo = found?.returnTo ?? "/"
    const remove = found?.remove ?? []
    return yield* Effect.match(signIn(plan, cookies, { found, query }), {
      onFailure: (error) => ({ error, returnTo, cookies: remove }),
      onSuccess: (lines) => ({ location: returnTo, cookies: [...remove, ...lines] }),
    })
  },
)

const signIn = Effect.fnUntraced(function* (
  plan: WebLoginPlan,
  cookies: Cookies,
  { found, query }: { readonly found: FoundTransaction | undefined; readonly query: URLSearchParams },
) {
  const login = found && (yield* firstUse(plan, found, query))
  if (login === undefined) return yield* goOn(plan, cookies)
  if (login.claims === undefined) return yield* unknownLogin()
  const { claims, tokens } = login
  return yield* orRevoked(plan.client, tokens, newSession(plan, cookies, { claims, tokens }))
})

/** A repeated callback of a person who is signed in: just redirects. */
const goOn = Effect.fnUntraced(function* ({ sessions }: WebLoginPlan, cookies: Cookies) {
  return (yield* sessions.open(cookies)) === undefined ? yield* unknownLogin() : []
})

/**
 * The login, unless it was completed before: a code is sent only once. A failure stores nothing, so visitors who never
 * sign in take no room in the store.
 */
const firstUse = Effect.fnUntraced(function* (
  plan: WebLoginPlan,
  { transaction }: FoundTransaction,
  callback: URLSearchParams,
) {
  const lock = yield* Lock
  const name = `login ${transaction.id}`
  return yield* lock.withLock(name, unlessUsed(plan, name, { transaction, callback }))
})

const unlessUsed = Effect.fnUntraced(function* (
  { client, sessions, idTokens }: WebLoginPlan,
  name: string,
  { transaction, callback }: Pick<CompleteOptions, "callback" | "transaction">,
) {
  if (yield* sessions.used.isUsed(name)) return undefined
  const login = yield* completeAuthorization(client, { transaction, callback, idTokens })
  for (const { message } of refreshTokenWarnings(transaction.target, login.tokens)) yield* warn(message)
  const left = transaction.expiresAt - (yield* Clock.currentTimeMillis)
  yield* orRevoked(client, login.tokens, sessions.used.remember(name, Duration.millis(Math.max(1, left))))
  return login
})

interface SignedIn {
  readonly claims: Claims
  readonly tokens: TokenSet
}

/** Always begins a new session; the browser's former one ends. */
const newSession = Effect.fnUntraced(function* (plan: WebLoginPlan, cookies: Cookies, { claims, tokens }: SignedIn) {
  const { sessions, lifetime, targetKey } = plan
  const now = yield* Clock.currentTimeMillis
  const record: SessionRecord = {
    claims: withoutProtocol(claims),
    startedAt: now,
    seenAt: now,
    endsAt: lifetime.latestEnd(claims, now),
    revision: 0,
    login: beginLogin(tokens, targetKey),
  }
  const before = yield* sessions.open(cookies)
  // first, or an orphan would remain if this fails
  if (before !== undefined) yield* endFormer(plan, before, claims)
  return (yield* sessions.begin(record, cookies)) ?? (yield* endedLogin())
})

/** Ends the replaced session; another person's refresh token is revoked in the background. */
const endFormer = Effect.fnUntraced(function* ({ client }: WebLoginPlan, former: KeptSession, { sub }: Claims) {
  const refreshToken = (yield* removeLogin(loginStoreOf(former.entry)))?.refreshToken
  // the same person's may share a grant with the new one, and revoking it would revoke both (RFC 7009 §2.1)
  if (refreshToken === undefined || former.record.claims.sub === sub) return
  yield* revokeLater(client, refreshToken)
})

/** Removes the claims that belong to the response, not to the person. */
const withoutProtocol = ({ nonce: _nonce, at_hash: _atHash, c_hash: _cHash, ...claims }: Claims): Claims => claims

export const cookiesOf = ({ headers }: WebRequest): Cookies => parseCookies(headers.get("cookie"))

export const redirectUriOf = ({ origin, paths }: WebLoginPlan): string => `${origin}${paths.callback}`

const endedLogin = (): AcquireError => loginRequired("the issuer has ended the login")

const unknownLogin = (): AcquireError =>
  new AcquireError({ reason: callbackRefused("state", "belongs to no login that is under way in this browser") })
