import { bearerAuth, clientSecretBasic, delegation, type Target } from "@bearerkit/hono"
import { Hono } from "hono"

export interface RelayOptions {
  readonly issuer: string
  /** Whom the tokens must be for. */
  readonly audience: string
  /** This API as a client of the next one. */
  readonly clientId: string
  readonly clientSecret: string
  readonly next: { readonly url: string; readonly target: Target }
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
}

export interface Relay extends AsyncDisposable {
  readonly app: Hono
}

/** An API that asks the next one on behalf of its caller. */
export const makeRelay = ({ issuer, audience, next, now, ...client }: RelayOptions): Relay => {
  const clientAuth = clientSecretBasic(client.clientSecret)
  const { forwardTo, close } = delegation({ issuer, clientId: client.clientId, clientAuth, now })
  const guard = bearerAuth({ issuer, audience, now, clockTolerance: 0 })
  const app = new Hono()
    .get("/", (c) => c.json({ routes: ["/next/*"] }))
    .get("/next/*", guard, forwardTo(next.url, next.target))
  return { app, [Symbol.asyncDispose]: close }
}
