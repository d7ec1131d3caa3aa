import { clockLayer, Discovery, Http, issuerKeys, makeVerifier, secret, SingleFlight } from "@bearerkit/core"
import { serve } from "@hono/node-server"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type ApiVerifiers, makeApi } from "./api.ts"

export interface ApiOptions {
  readonly issuer: string
  /** Whom the tokens for `/whoami` must be for. */
  readonly audience: string | ReadonlyArray<string>
  /** The client whose id and secret `/legacy/whoami` shares. */
  readonly legacy: { readonly audience: string; readonly secret: string }
  /** @default 0, a free port */
  readonly port?: number
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
}

export interface Api extends AsyncDisposable {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Starts the API on loopback. */
export const startApi = async (options: ApiOptions): Promise<Api> => {
  const network = Discovery.layer.pipe(Layer.provideMerge(Layer.mergeAll(Http.layer(), SingleFlight.shared)))
  const layer = options.now === undefined ? network : Layer.provideMerge(network, clockLayer(options.now))
  const runtime = ManagedRuntime.make(layer)
  const app = makeApi(await runtime.runPromise(makeVerifiers(options)))
  const server = await listening(app.fetch, options.port ?? 0)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await runtime.dispose()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close, [Symbol.asyncDispose]: close }
}

const makeVerifiers = ({ issuer, audience, legacy }: ApiOptions) =>
  Effect.all({
    issuerKeys: makeVerifier({ issuer, audience, keys: issuerKeys(), clockTolerance: tolerance }),
    ownSecret: makeVerifier({
      issuer,
      audience: legacy.audience,
      keys: secret(legacy.secret),
      clockTolerance: tolerance,
      // ID tokens of the old world have no type and no client id
      profile: "compatible",
    }),
  }) satisfies Effect.Effect<ApiVerifiers, unknown, unknown>

/** The issuer runs on the same machine, so their clocks agree. */
const tolerance = Duration.zero

const listening = (fetch: Parameters<typeof serve>[0]["fetch"], port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: "127.0.0.1" }, () => resolve(server as Server)) as Server
    server.once("error", reject)
  })
