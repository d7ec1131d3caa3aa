import { type Secret } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createClient, type RedisClientOptions } from "redis"

/** The part of a client, cluster, pool or sentinel of the package `redis` that is used. */
export interface RedisClient {
  readonly evalSha: (sha1: string, options: ScriptOptions) => Promise<unknown>
  readonly eval: (script: string, options: ScriptOptions) => Promise<unknown>
}

export interface ScriptOptions {
  keys: Array<string>
  arguments: Array<string>
}

/** The address and credentials of Redis; the other members are those of `createClient` in the package `redis`. */
export interface Address extends Pick<
  RedisClientOptions,
  "credentialsProvider" | "database" | "name" | "password" | "socket" | "username"
> {
  /** `rediss://` with TLS, or `redis://` without, where anybody on the network path can read the tokens. */
  readonly url?: Secret
}

/** A client whose connection comes and goes. */
export interface Source {
  /** Queues commands while there is no connection. */
  readonly client: () => RedisClient
  /** Why there is no connection. */
  readonly problem: () => unknown
  /** Called if a reply did not come in time. */
  readonly silent: () => void
}

/** A client that its owner opens and closes. */
export const given = (client: RedisClient): Source => ({
  client: () => client,
  problem: () => undefined,
  silent: () => {},
})

/** Our own client: opened by its first use, closed with the scope. Throws if the address is invalid. */
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
      // it retries for ever, and reports errors as events
      if (!client.isOpen && !closed) client.connect().catch(() => {})
      return client
    },
    problem: () => problem,
    silent: () => {
      // nothing else would notice a dead connection: the system waits for minutes
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

/** The maximum number of commands that wait for a connection. */
const maxWaiting = 10_000

/** Milliseconds; with jitter, so that a fleet does not reconnect all at once. */
const reconnectStrategy = (retries: number): number =>
  Math.round(Math.min(1000, 25 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random()))
