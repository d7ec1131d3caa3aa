import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SessionError } from "../errors/session-error.ts"
import { readBounded } from "../http/body.ts"
import type { Http } from "../http/client.ts"
import type { Client } from "../protocol/client.ts"
import { type ClientAuth, none } from "../protocol/client-auth.ts"
import type { Discovery } from "../protocol/discovery.ts"
import type { Lock } from "../store/lock.ts"
import { loginFor, mayLogInAgain } from "../session/login-required.ts"
import { openSession, type OpenedSession, type OpenSessionOptions } from "../session/open-session.ts"
import { beginSignIn, type BeginSignInOptions, completeSignIn } from "../session/sign-in.ts"
import { backChannelLogout, signOut } from "../session/sign-out.ts"
import type { WebLoginOptions } from "../session/web-login-options.ts"
import { makePlan, type WebLoginPlan } from "../session/web-login-plan.ts"
import { pathOf, type Redirect, type WebRequest } from "../session/web-request.ts"
import { type BearerError, type StageError, toBearerError } from "./bearer-error.ts"
import { checkClient } from "./check-client.ts"
import { networkLayer } from "./network.ts"
import type { NetworkOptions } from "./network-options.ts"
import { storageLayer } from "./storage-layer.ts"
import { makeRunner, type Runner } from "./runner.ts"
import { cookieSessions, type SessionStorage } from "./session-storage.ts"
import {
  cookieHeaders,
  done,
  type Header,
  loginRefusal,
  onlyBy,
  redirection,
  refusal,
  type Reply,
} from "./web-reply.ts"
import { WebSession } from "./web-session.ts"

/** Options of `startWebLogin`. */
export interface WebLoginConfig
  extends Omit<WebLoginOptions, "client" | "sessions">, NetworkOptions, Pick<Client, "dpop"> {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  /** How the application authenticates to the issuer. @default none() */
  readonly clientAuth?: ClientAuth | undefined
  /** Where sessions are kept. @default cookieSessions() */
  readonly sessions?: SessionStorage | undefined
}

/** A request with its body. */
export interface PostedRequest extends WebRequest {
  readonly body?: ReadableStream<Uint8Array> | null
}

/** One of the login's own addresses. */
export interface WebLoginRoute {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly answer: (request: PostedRequest) => Promise<Reply>
}

/** The session of a request, until it is answered. */
export interface OpenedRequest {
  /** Absent if nobody is signed in. */
  readonly session: WebSession | undefined
  /** Why its tokens could not be renewed now; the session continues. */
  readonly delayed: BearerError | undefined
  /** Headers to add to the response; call it once, at the end. */
  readonly settle: () => Promise<ReadonlyArray<Header>>
}

/** The cookie login of a web application, for any framework: requests go in, answers come out as data. */
export interface WebLogin extends AsyncDisposable {
  readonly routes: ReadonlyArray<WebLoginRoute>
  /**
   * Whether the path is one of the login's routes, decoded as by the framework's router, for this method if given:
   * these routes handle their cookies themselves.
   */
  readonly isOwn: (path: string, method?: string) => boolean
  /** The session of a request, or the response that refuses it. */
  readonly open: (request: WebRequest, options?: OpenSessionOptions) => Promise<OpenedRequest | Reply>
  /** Sends a person to the issuer, such as to sign in again for a step-up (`maxAge`, `acrValues`). */
  readonly begin: (request: WebRequest, options?: BeginSignInOptions) => Promise<Reply>
  /** The response if nobody is signed in: a redirect to the login for a page, 401 for a script. */
  readonly required: (request: WebRequest) => Reply
  /** The same for a session without the required token; `undefined` if the person has only just signed in. */
  readonly requiredAgain: (request: WebRequest, session: Pick<WebSession, "startedAt">) => Reply | undefined
  readonly close: () => Promise<void>
}

/**
 * Makes the login. Invalid options throw a `BearerError` here; nothing is requested before the first person signs in.
 */
export const startWebLogin = (config: WebLoginConfig): WebLogin => {
  checkClient(config)
  const { issuer, clientId, clientAuth = none(), sessions = cookieSessions() } = config
  const client = { issuer, clientId, clientAuth, dpop: config.dpop }
  const options = { ...config, client, sessions: sessions.make }
  const network = Layer.merge(networkLayer(config), storageLayer(sessions.storage))
  const runner = makeRunner(Layer.build(Layer.effect(Plan, makePlan(options)).pipe(Layer.provideMerge(network))))
  const plan = runner.take(Effect.service(Plan))
  const routes = routesOf(plan, (reply) => runner.run(reply))
  const required = (request: WebRequest): Reply => {
    const location = loginFor(plan, request)
    return location === undefined ? loginRefusal(request) : redirection({ location, cookies: [] })
  }
  return {
    routes,
    isOwn: (path, method) =>
      routes.some((route) => route.path === path && (method === undefined || route.method === method)),
    open: async (request, choice) => {
      const opened = await runner.run(Effect.result(openSession(plan, request, choice)))
      return opened._tag === "Success"
        ? openedOf(plan, opened.success, runner)
        : refusal(request, { error: opened.failure })
    },
    begin: (request, choice) => runner.run(sentTo(request, beginSignIn(plan, request, choice))),
    required,
    requiredAgain: (request, session) =>
      mayLogInAgain(session, runner.take(Clock.currentTimeMillis)) ? required(request) : undefined,
    close: runner.close,
    [Symbol.asyncDispose]: runner.close,
  }
}

/** Built with the layer, so that invalid options fail at once. */
class Plan extends /*#__PURE__*/ Context.Service<Plan, WebLoginPlan>()("@bearerkit/core/WebLoginPlan") {}

type Network = Discovery | Http | Lock

type Answer = (reply: Effect.Effect<Reply, never, Network>) => Promise<Reply>

const routesOf = (plan: WebLoginPlan, answer: Answer): ReadonlyArray<WebLoginRoute> => {
  const { paths, sessions } = plan
  const route = (method: "GET" | "POST", path: string, reply: (request: PostedRequest) => Parameters<Answer>[0]) => ({
    method,
    path,
    // frameworks route HEAD to the handler of GET, and HEAD must not spend a code
    answer: async (request: PostedRequest) => (request.method === method ? answer(reply(request)) : onlyBy(method)),
  })
  return [
    route("GET", paths.login, (request) => sentTo(request, beginSignIn(plan, request))),
    route("GET", paths.callback, (request) => signedIn(plan, request)),
    route("POST", paths.logout, (request) => sentTo(request, signOut(plan, request))),
    ...(sessions.index === undefined
      ? []
      : [route("POST", paths.backChannelLogout, (request) => loggedOut(plan, request))]),
  ]
}

const sentTo = <E extends StageError>(request: WebRequest, redirect: Effect.Effect<Redirect, E, Network>) =>
  Effect.match(redirect, { onSuccess: redirection, onFailure: (error) => refusal(request, { error }) })

const signedIn = (plan: WebLoginPlan, request: WebRequest) =>
  Effect.map(completeSignIn(plan, request), (completed) => {
    if ("location" in completed) return redirection(completed)
    const again = `${plan.paths.login}?${new URLSearchParams({ returnTo: completed.returnTo }).toString()}`
    return refusal(request, { ...completed, again })
  })

const loggedOut = (plan: WebLoginPlan, request: PostedRequest) =>
  Effect.match(
    Effect.flatMap(formOf(request), (form) => backChannelLogout(plan, form)),
    { onSuccess: () => done, onFailure: (error) => refusal(request, { error }) },
  )

/** More than a posted logout token needs. */
const maxForm = 64 * 1024

const formOf = (request: PostedRequest): Effect.Effect<string, SessionError> =>
  Effect.mapError(
    Effect.tryPromise(() =>
      readBounded(new Response(request.body ?? null), { maxBytes: maxForm, url: pathOf(request) }),
    ),
    () => new SessionError({ reason: { _tag: "LogoutTokenRefused", because: unreadable } }),
  )

const unreadable = { _tag: "MalformedToken", problem: "is not in a form that can be read" } as const

const openedOf = (plan: WebLoginPlan, opened: OpenedSession, { run }: Runner<Network>): OpenedRequest => {
  const { view, tokens: provider, delayed, settle } = opened
  const known = view !== undefined && provider !== undefined
  return {
    session: known ? new WebSession({ view, provider, target: plan.targetInput, ask: run }) : undefined,
    delayed: delayed && toBearerError(delayed),
    settle: async () => cookieHeaders(await run(settle)),
  }
}
