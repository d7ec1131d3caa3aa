import { clientSecretBasic, type WebSession } from "@bearerkit/core"
import { Hono } from "hono"
import { delegation, type DelegationOptions } from "../../src/index.ts"
import type { Browser } from "./browser.ts"
import { secret, startApp, startTestIssuer } from "./world.ts"

type App = Hono<{ Variables: { session: WebSession } }>

/** A real issuer, and an application of which Alice is signed in and that acts for her. */
export const startActing = async () => {
  const issuer = await startTestIssuer()
  const { login, browser, [Symbol.asyncDispose]: end } = startApp(issuer)
  const alice = browser()
  await alice.signIn()

  const acting = (options: Partial<DelegationOptions> = {}) =>
    delegation({ issuer: issuer.url, clientId: "web", clientAuth: clientSecretBasic(secret), ...options })
  /** The application with more routes. */
  const appWith = (routes: (app: App) => unknown): App => {
    const app: App = new Hono()
    app.use(login.session)
    app.use(login.requireLogin())
    routes(app)
    return app
  }
  /** The same for Alice. */
  const signedIn = (routes: (app: App) => unknown): Browser => alice.copyAt(appWith(routes))
  const close = async () => {
    await end()
    await issuer.close()
  }
  return { issuer, login, browser, alice, acting, appWith, signedIn, close }
}

export type Acting = Awaited<ReturnType<typeof startActing>>
