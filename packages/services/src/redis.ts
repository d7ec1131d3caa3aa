import { randomBytes } from "node:crypto"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

import { type Availability, availabilityOf, programsOf, SERVICES } from "./availability.ts"
import { type Child, startChild } from "./child.ts"
import { freePorts } from "./port.ts"

export interface RedisOptions {
  /** Writes every change to disk before it is answered (`appendfsync always`), so that a kill loses nothing. @default false */
  readonly persistence?: boolean
}

/** A running Redis on loopback that asks for a password. */
export interface RedisServer extends AsyncDisposable {
  /** With the password in it. */
  readonly url: string
  readonly port: number
  readonly password: string
  /** SIGKILL; what was persisted stays. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port and folder. */
  readonly restart: () => Promise<void>
  /** SIGSTOP: connections stay open and nothing is answered. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  readonly close: () => Promise<void>
}

export const isRedisAvailable = (): Availability => availabilityOf(SERVICES.redis)

const READY_MS = 10_000
const TRIES = 3

/** Starts Redis with its own data folder; both are gone after `close` and when this process ends. */
export const startRedis = async (options: RedisOptions = {}): Promise<RedisServer> => {
  const [program = ""] = programsOf(SERVICES.redis)
  // Between finding a free port and using it somebody else may take it.
  for (let left = TRIES; ; left--) {
    try {
      return await startOnce(program, options)
    } catch (error) {
      if (left === 1) throw error
    }
  }
}

const startOnce = async (program: string, { persistence = false }: RedisOptions): Promise<RedisServer> => {
  const folder = await mkdtemp(join(tmpdir(), "bearerkit-redis-"))
  const [port = 0] = await freePorts(1)
  const password = randomBytes(18).toString("base64url")
  const configFile = join(folder, "redis.conf")
  await writeFile(configFile, redisConf({ folder, port, password, persistence }), { mode: 0o600 })

  const start = async (): Promise<Child> => {
    const child = startChild({ command: [program, configFile], folder, survivesKill: true })
    await untilReady(child, port, password)
    return child
  }
  let child = await start()

  const signal = async (name: NodeJS.Signals): Promise<void> => {
    process.kill(Number(await readFile(join(folder, "redis.pid"), "utf8")), name)
  }
  const close = async (): Promise<void> => {
    // one that is stopped would not hear of its end
    if (child.running()) await signal("SIGCONT")
    await child.close()
    await rm(folder, { recursive: true, force: true })
  }
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    password,
    kill: async () => {
      await signal("SIGKILL")
      await child.ended
    },
    restart: async () => {
      child = await start()
    },
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Settings {
  readonly folder: string
  readonly port: number
  readonly password: string
  readonly persistence: boolean
}

const redisConf = ({ folder, port, password, persistence }: Settings): string => `
bind 127.0.0.1
port ${port}
requirepass ${password}
dir ${folder}
pidfile ${folder}/redis.pid
save ""
appendonly ${persistence ? "yes" : "no"}
appendfsync always
maxmemory-policy noeviction
`

const untilReady = async (child: Child, port: number, password: string): Promise<void> => {
  const deadline = Date.now() + READY_MS
  let said = ""
  while (child.running() && Date.now() < deadline) {
    said = await ping(port, password)
    if (said.includes("+PONG")) return
    await wait(25)
  }
  const wasRunning = child.running()
  await child.close()
  const how = wasRunning ? `did not answer within ${READY_MS} ms` : "ended at once"
  throw new Error(`redis-server ${how}; it said: ${child.stderr() || said}`)
}

/** What the server says, or why it does not. */
const ping = (port: number, password: string): Promise<string> =>
  new Promise((resolve) => {
    let said = ""
    const socket = connect(port, "127.0.0.1").setTimeout(1000).setEncoding("utf8")
    socket.on("data", (text: Buffer) => {
      said += String(text)
    })
    socket.once("timeout", () => socket.destroy())
    socket.once("error", (error) => resolve(error.message))
    socket.once("close", () => resolve(said))
    socket.write(`AUTH ${password}\r\nPING\r\nQUIT\r\n`)
  })
