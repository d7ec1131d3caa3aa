import { derivedKey } from "@bearerkit/core"
import { cookieSessions, encryptedStorage, memoryStorage, type SessionStorage, storedSessions } from "@bearerkit/hono"
import { redis } from "@bearerkit/redis"
import { parseArgs } from "node:util"
import type { Callee, WebOptions } from "./web.tsx"

/** What the command runs. */
export interface Run {
  readonly port: number
  /** @default the address that it listens on */
  readonly baseUrl: string | undefined
  readonly web: Omit<WebOptions, "baseUrl">
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the command line and the environment; nothing when only help is asked for. Throws with one sentence when something is wrong. */
export const parseOptions = (args: ReadonlyArray<string>, env: Environment): Run | undefined => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "3000" },
      sessions: { type: "string", default: "cookies" },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) return undefined
  if (!/^\d{1,5}$/.test(values.port)) throw new Error(`--port is a number, not ${values.port}`)
  const need = (name: string): string => env[name] ?? fail(`${name} is not set`)
  return {
    port: Number(values.port),
    baseUrl: env["WEB_BASE_URL"],
    web: {
      issuer: need("BEARERKIT_ISSUER"),
      clientId: need("BEARERKIT_CLIENT_ID"),
      clientSecret: need("BEARERKIT_CLIENT_SECRET"),
      cookieKeys: keysOf(need("WEB_COOKIE_KEYS")),
      sessions: sessionsOf(values.sessions, need),
      api: callee("API", need),
      second: callee("SECOND_API", need),
    },
  }
}

type Need = (name: string) => string

const keysOf = (text: string): readonly [string, ...ReadonlyArray<string>] => {
  const [first = "", ...others] = text.split(",")
  return [first, ...others]
}

const sessionsOf = (sessions: string, need: Need): SessionStorage => {
  if (sessions === "cookies") return cookieSessions()
  if (sessions === "memory") return storedSessions({ storage: memoryStorage() })
  if (sessions === "redis") {
    const keys = [derivedKey("web", need("WEB_STORE_SECRET"))] as const
    return storedSessions({ storage: encryptedStorage(redis({ url: need("REDIS_URL") }), { keys }) })
  }
  return fail(`--sessions is one of cookies, memory, redis, not ${sessions}`)
}

const callee = (name: string, need: Need): Callee => ({
  url: need(`${name}_URL`),
  target: { audience: need(`${name}_AUDIENCE`), scope: need(`${name}_SCOPE`) },
})

const fail = (problem: string): never => {
  throw new Error(problem)
}

export const help = `web [options]

A web app that signs people in and calls APIs in their name.

  --port NUMBER      where it listens, on loopback; 3000 by default
  --sessions WHERE   cookies (sealed, the default), memory, or redis
  --help             this text

Environment:
  BEARERKIT_ISSUER, BEARERKIT_CLIENT_ID, BEARERKIT_CLIENT_SECRET
  WEB_COOKIE_KEYS    what cookies are sealed with, 32 random bytes at least; the first of several seals
  WEB_BASE_URL       its origin as browsers know it, where that is not http://localhost and the port
  REDIS_URL, WEB_STORE_SECRET  for --sessions redis: where it is, and what sessions there are sealed with
  API_URL, API_AUDIENCE, API_SCOPE
  SECOND_API_URL, SECOND_API_AUDIENCE, SECOND_API_SCOPE
`
