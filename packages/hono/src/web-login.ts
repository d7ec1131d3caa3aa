import {
  BearerError,
  type BeginSignInOptions,
  safeHook,
  type OpenedRequest,
  type OpenSessionOptions,
  type Reply,
  startWebLogin,
  type Warn,
  makeWarn,
  type WebLogin,
  type WebLoginConfig,
  type WebProblem,
  type WebSession,
} from "@bearerkit/core"
import { type Context, Hono, type MiddlewareHandler } from "hono"
import { answer, keepPrivate } from "./answer.ts"
import { sharesPromises } from "#runtime"

/** Options of `webLogin`. */
export interface WebLoginOptions extends WebLoginConfig, OpenSessionOptions {
  /**
   * Called for every error with the exact reason, which the response does not show. If there is a response, the hook
   * gets its public part and may return its own page; cookies are set all the same. If there is none, the hook is not
   * awaited. What the hook throws changes no response.
   *
   * @default warns of 5xx responses, and of sessions that could not be renewed or written
   */
  readonly onError?: OnError | undefined
}

type OnError = (
  error: BearerError,
  c: Context,
  problem?: WebProblem,
) => Promise<Response | undefined | void> | Response | undefined | void

/** The cookie login of an application. */
export interface HonoWebLogin extends AsyncDisposable {
  /** `/login`, `/callback`, `/logout` and, with stored sessions, `/backchannel-logout`. */
  readonly routes: Hono
  /** Sets `c.var.session`; refuses cross-site requests that carry the session's cookie and may change something. */
  readonly session: MiddlewareHandler<{ Variables: { readonly session: WebSession | undefined } }>
  /**
   * Redirects a person who is not signed in to the login, and answers a script with 401; also if a handler throws
   * `login_required` because the session cannot get a token any more. The login's own routes stay open.
   */
  readonly requireLogin: () => MiddlewareHandler<{ Variables: { readonly session: WebSession } }>
  /** Sends a person to the issuer, such as to sign in again for a step-up (`maxAge`, `acrValues`). */
  readonly begin: (c: Context, options?: BeginSignInOptions) => Promise<Response>
  /** Closes connections and interrupts what is under way. */
  readonly close: () => Promise<void>
}

/**
 * Signs people in with the code flow and keeps them signed in with a cookie. Invalid options throw a `BearerError`
 * here.
 *
 * @example
 * const login = webLogin({ issuer, clientId, clientAuth, baseUrl, cookieKeys, target: { scope: "openid" } })
 * const app = new Hono()
 *   .use(login.session)
 *   .route("/", login.routes)
 *   .get("/me", login.requireLogin(), (c) => c.json(c.var.session.user))
 *
 * @see OpenID Connect Core §3.1, RFC 9700 §2.1
 */
export const webLogin = (options: WebLoginOptions): HonoWebLogin => {
  const login = startWebLogin({ ...options, sharesPromises })
  const warn = makeWarn(options)
  const onError = safeHook(options.onError ?? toldOf(warn), warn, options.waitUntil)
  const reply = async (c: Context, made: Reply): Promise<Response> => {
    const own = made.error && (await onError(made.error, c, made.problem))
    return own ? ownAnswer(own, made) : answer(made)
  }
  const its: Mounted = { login, reply, tell: (error, c) => void onError(error, c) }

  return {
    routes: routesOf(its),
    session: sessionOf(its, options.csrf),
    requireLogin: () => loginRequired(its),
    begin: async (c, choice) => reply(c, await login.begin(c.req.raw, choice)),
    close: login.close,
    [Symbol.asyncDispose]: login.close,
  }
}

/** What the middleware of one login share. */
interface Mounted {
  readonly login: WebLogin
  /** The response, or the hook's own. */
  readonly reply: (c: Context, made: Reply) => Promise<Response>
  /** Of an error that changes no response. */
  readonly tell: (error: BearerError, c: Context) => void
}

const routesOf = ({ login, reply }: Mounted): Hono => {
  const routes = new Hono()
  for (const route of login.routes) {
    routes.on(route.method, route.path, async (c) => reply(c, await route.answer(c.req.raw)))
  }
  return routes
}

const sessionOf =
  ({ login, reply, tell }: Mounted, csrf: boolean | undefined): HonoWebLogin["session"] =>
  async (c, next) => {
    if (login.isOwn(c.req.path)) {
      c.set("session", undefined)
      return next()
    }
    const opened = await login.open(c.req.raw, { csrf })
    if ("status" in opened) return reply(c, opened)
    const { session, delayed } = opened
    if (delayed !== undefined) tell(delayed, c)
    c.set("session", session)
    await next()
    const failure = await settled(c, opened)
    if (failure !== undefined) tell(failure, c)
    if (session !== undefined) keepPrivate(c)
    return undefined
  }

const loginRequired =
  ({ login, reply }: Mounted): ReturnType<HonoWebLogin["requireLogin"]> =>
  async (c, next) => {
    if (!Object.hasOwn(c.var, "session")) throw notMounted()
    const session = c.get("session")
    if (session === undefined && !login.isOwn(c.req.path, c.req.method)) return reply(c, login.required(c.req.raw))
    await next()
    const again = session !== undefined && needsLogin(c) ? login.requiredAgain(c.req.raw, session) : undefined
    if (again === undefined) return undefined
    // discards the previous response and its headers
    c.res = undefined
    c.res = await reply(c, again)
    return undefined
  }

/** Without a hook. */
const toldOf =
  (warn: Warn): OnError =>
  ({ message }, _, problem) => {
    if (problem === undefined || problem.status >= 500) warn(message)
  }

/** The application's page with the login's cookies, `Cache-Control` and status. */
const ownAnswer = (own: Response, { headers }: Reply): Response => {
  const response = new Response(own.body, own)
  for (const [name, value] of headers) {
    if (name === "set-cookie") response.headers.append(name, value)
    if (forPrograms.has(name)) response.headers.set(name, value)
  }
  return response
}

const forPrograms: ReadonlySet<string> = new Set(["cache-control", "retry-after", "www-authenticate"])

/**
 * Writes the session and sets its cookies. The handler's work is done: a failed write must not turn its response into an
 * error.
 */
const settled = async (c: Context, { settle }: OpenedRequest): Promise<BearerError | undefined> => {
  const written = await settle().catch((error: unknown) => {
    if (!(error instanceof BearerError)) throw error
    return error
  })
  if (written instanceof BearerError) return written
  for (const [name, value] of written) c.header(name, value, { append: name === "set-cookie" })
  return undefined
}

/** Whether a handler has thrown `login_required`, and no error handler has answered it. */
const needsLogin = ({ error, res }: Context): boolean =>
  error instanceof BearerError && error.code === "login_required" && res.status === 500

const notMounted = (): BearerError => {
  const fix = "Put app.use(login.session) before it, on the same path."
  return new BearerError("invalid_options", `requireLogin() came where nobody has looked for a session. ${fix}`, {
    fix,
  })
}
