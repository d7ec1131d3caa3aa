import { type Secret } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createClient, type RedisClientOptions } from "redis"

/** What is needed of a client, a cluster, a pool or a sentinel of the package `redis`. */
export interface RedisClient {
  readonly evalSha: (sha1: string, options: ScriptOptions) => Promise<unknown>
  readonly eval: (script: string, options: ScriptOptions) => Promise<unknown>
}

export interface ScriptOptions {
  keys: Array<string>
  arguments: Array<string>
}

/** Where Redis is and how to get in; the rest as `createClient` of the package `redis` takes it. */
export interface Address extends Pick<
  RedisClientOptions,
  "credentialsProvider" | "database" | "name" | "password" | "socket" | "username"
> {
  /** `rediss://` with TLS, or `redis://` without, where anybody on the way reads the tokens. */
  readonly url?: Secret
}

/** A client that comes and goes. */
export interface Source {
  /** Queues what it is asked while there is no connection. */
  readonly client: () => RedisClient
  /** Why there is no connection. */
  readonly problem: () => unknown
  /** Told that an answer did not come in time. */
  readonly silent: () => void
}

/** Somebody else's client, who opens and closes it. */
export const given = (client: RedisClient): Source => ({
  client: () => client,
  problem: () => undefined,
  silent: () => {},
})

/** Our own client: opened by its first use, closed with the scope. Throws when the address is none. */
export const makeOwned = (address: Address, timeout: number): Source & { readonly close: Effect.Effect<void> } => {
  let problem: unknown
  let closed = false
  const make = () =>
    createClient(optionsOf(address, timeout))
      .on("error", (error: unknown) => {
        problem = error
      })
      .on("ready", () => {
        problem = undefined
      })
  let client = make()

  return {
    client: () => {
      // it tries for ever, and tells of it by events
      if (!client.isOpen && !closed) client.connect().catch(() => {})
      return client
    },
    problem: () => problem,
    silent: () => {
      // nobody else would notice a connection that leads nowhere: the system waits for minutes
      if (!client.isReady || closed) return
      client.destroy()
      client = make()
    },
    close: Effect.sync(() => {
      closed = true
      client.destroy()
    }),
  }
}

const optionsOf = ({ url, socket, ...rest }: Address, timeout: number) => ({
  ...rest,
  // parsed here too, because an empty one would mean localhost
  ...(url === undefined ? {} : { url: new URL(Redacted.isRedacted(url) ? Redacted.value(url) : url).href }),
  socket: { ...socket, reconnectStrategy },
  commandOptions: { timeout },
  commandsQueueMaxLength: maxWaiting,
})

/** Commands that may wait for a connection. */
const maxWaiting = 10_000

/** Milliseconds; spread, so that a fleet does not come back all at once. */
const reconnectStrategy = (retries: number): number =>
  Math.round(Math.min(1000, 25 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random()))
