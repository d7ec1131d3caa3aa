import {
  clientSecretBasic,
  type CookieKeys,
  delegation,
  type SessionStorage,
  type Target,
  webLogin,
  type WebProblem,
  type WebSession,
} from "@bearerkit/hono"
import { type Context, Hono } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { assets } from "./assets.ts"
import { readAnswer, requestTo } from "./call.ts"
import { Called } from "./page/called.tsx"
import { page } from "./page/document.tsx"
import { Me } from "./page/me.tsx"
import { OnBehalf } from "./page/on-behalf.tsx"
import { ProblemPage } from "./page/problem-page.tsx"
import { Welcome } from "./page/welcome.tsx"
import { noSuchPage, problemOf } from "./problem.ts"
import { strictHeaders } from "./strict-headers.ts"

/** What is called in somebody's name. */
export interface Callee {
  /** Answers the claims of the token that it was called with. */
  readonly url: string
  readonly target: Target
}

export interface WebOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** The application's own origin, as browsers know it. */
  readonly baseUrl: string
  readonly cookieKeys: CookieKeys
  readonly sessions: SessionStorage
  /** What people sign in for. */
  readonly api: Callee
  /** A second API, which calls the first one on behalf of its caller. */
  readonly second: Callee
  /** Told of everything that goes wrong. */
  readonly onError?: ((error: Error) => void) | undefined
  /** Epoch milliseconds. @default Date.now, set right by what the issuer's answers say */
  readonly now?: (() => number) | undefined
}

interface Env {
  readonly Variables: { readonly session: WebSession | undefined }
}

/** The application, for any server. */
export interface Web extends AsyncDisposable {
  readonly app: Hono<Env>
}

/** A web application that signs people in with a cookie, and calls APIs in their name. */
export const makeWeb = ({ api, second, onError, ...options }: WebOptions): Web => {
  const { issuer, clientId, baseUrl, cookieKeys, sessions, now } = options
  const client = { issuer, clientId, clientAuth: clientSecretBasic(options.clientSecret), now }
  const login = webLogin({
    ...client,
    baseUrl,
    cookieKeys,
    sessions,
    target: { ...api.target, scope: `openid profile email offline_access ${api.target.scope ?? ""}`.trim() },
    // without the question this issuer gives no refresh token
    authorization: { prompt: "consent" },
    afterLogout: "/",
    onError: (error, c, problem) => {
      onError?.(error)
      return problem && answer(c, problem)
    },
  })
  const others = delegation({ ...client, apis: { [new URL(second.url).origin]: second.target } })

  const app = new Hono<Env>()
  app.use(strictHeaders(issuer))
  app.route("/", assets())
  app.use(login.session)
  app.route("/", login.routes)

  app.get("/", (c) => {
    const { session } = c.var
    if (session === undefined) return c.html(page({ title: "Welcome" }, <Welcome issuer={issuer} />))
    const me = <Me session={session} now={(now ?? Date.now)()} />
    return c.html(page({ title: "You", path: "/", user: session.user }, me))
  })

  app.get("/api", login.requireLogin(), async (c) => {
    const { session } = c.var
    const request = requestTo(c)
    request.headers.set("authorization", `Bearer ${await session.token()}`)
    const claims = await readAnswer(await fetch(api.url, request))
    return c.html(
      page({ title: "The API", path: "/api", user: session.user }, <Called url={api.url} claims={claims} />),
    )
  })

  app.get("/on-behalf-of", login.requireLogin(), async (c) => {
    const { user } = c.var.session
    const claims = await readAnswer(await others.fetchOnBehalfOf(c, second.url, requestTo(c)))
    const called = <OnBehalf url={second.url} claims={claims} user={user} />
    return c.html(page({ title: "On your behalf", path: "/on-behalf-of", user }, called))
  })

  app.notFound((c) => answer(c, noSuchPage))
  app.onError((error, c) => {
    onError?.(error)
    return answer(c, problemOf(error, c.req.path))
  })

  const close = async (): Promise<void> => {
    await login.close()
    await others.close()
  }
  return { app, [Symbol.asyncDispose]: close }
}

/** A page for people, and what programs understand for the others. */
const answer = (c: Context, problem: WebProblem): Promise<Response> | Response => {
  const status = problem.status as ContentfulStatusCode
  if (c.req.header("accept")?.includes("text/html") !== true) {
    return c.json(problem, status, { "content-type": "application/problem+json" })
  }
  const user = (c.get("session") as WebSession | undefined)?.user
  return c.html(page({ title: problem.title, user }, <ProblemPage problem={problem} />), status)
}
