import {
  clientSecretBasic,
  discoveryLayer,
  httpLayer,
  loginLayer,
  makeRunner,
  type Runner,
  sharedFlightsLayer,
  storageLayer,
  TokenProvider,
  TokenStore,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { redis, type RedisOptions } from "../../src/index.ts"

/** A login that processes share. */
export interface SharedLogin {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redis: RedisOptions & { readonly prefix: string }
}

/** What a process is asked for: tokens of a login, for so many callers at once. */
export interface Ask {
  readonly login: SharedLogin
  readonly callers: number
  readonly target: { readonly audience: string; readonly scope?: string }
  /**
   * Where in its renewal the process stops itself: `read` before its claim is written, `claimed` after it, `answered`
   * when the issuer's answer has come.
   */
  readonly stopAt?: "read" | "claimed" | "answered"
}

/** What the callers got, each once: tokens, or the codes of their errors. */
export type Told = ReadonlyArray<string>

const runners = new Map<string, Runner<TokenProvider>>()

const runnerOf = ({ login, stopAt }: Ask): Runner<TokenProvider> => {
  const runner = runners.get(login.redis.prefix) ?? makeRunner(Layer.build(layerOf(login, stopAt)))
  runners.set(login.redis.prefix, runner)
  return runner
}

const layerOf = ({ issuer, clientId, clientSecret, redis: options }: SharedLogin, stopAt: Ask["stopAt"]) => {
  const stop = (at: Ask["stopAt"]): void => {
    if (stopAt === at) process.kill(process.pid, "SIGSTOP")
  }

  // under the lock a renewal reads, writes its claim, and reads that
  const reading = Layer.effect(
    TokenStore,
    Effect.map(TokenStore, (store): TokenStore["Service"] => {
      let reads = 0
      const count = Effect.sync(() => {
        reads += 1
        if (reads === 2) stop("read")
        if (reads === 3) stop("claimed")
      })
      return { ...store, get: (key) => Effect.tap(store.get(key), () => count) }
    }),
  )

  const answering: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const body = await response.arrayBuffer()
    if (response.url.endsWith("/token")) stop("answered")
    return new Response(body, response)
  }

  const client = { issuer, clientId, clientAuth: clientSecretBasic(clientSecret) }
  return loginLayer({ client, key: "login" }).pipe(
    Layer.provideMerge(discoveryLayer),
    Layer.provideMerge(Layer.mergeAll(httpLayer({ fetch: answering }), sharedFlightsLayer)),
    Layer.provideMerge(Layer.provideMerge(reading, storageLayer(redis(options)))),
  )
}

process.on("message", async (ask: Ask) => {
  const { run } = runnerOf(ask)
  const one = () =>
    run(TokenProvider.use((provider) => provider.token(ask.target))).then(
      (token) => Redacted.value(token.value),
      (error: { readonly code: string }) => error.code,
    )
  const told = await Promise.all(Array.from({ length: ask.callers }, one))
  process.send?.([...new Set(told)] satisfies Told)
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
