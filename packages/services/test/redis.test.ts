import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { describe, expect, test, vi } from "vitest"

import { isRedisAvailable, type RedisServer, startRedis } from "../src/index.ts"

const state = isRedisAvailable()
const skip = !state.available && process.env["CI"] !== "true"
if (!state.available && skip) process.stderr.write(`\nSKIPPED: ${state.why}. To get it: ${state.how}\n\n`)

describe.skipIf(skip)("redis", () => {
  test("answers those who know the password, and nobody else", async () => {
    await using redis = await startRedis()
    expect(await say(redis, "AUTH wrong\r\nPING\r\nQUIT\r\n")).toMatch(/WRONGPASS.*NOAUTH/s)
    expect(await ask(redis, "PING")).toContain("+PONG")
    expect(redis.url).toBe(`redis://:${redis.password}@127.0.0.1:${redis.port}`)
  })

  test("has its password in no process list", async () => {
    await using redis = await startRedis()
    const commands = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
      .map((name) => readFileSync(`/proc/${name}/cmdline`, "utf8"))
    expect(commands.join("\n")).toContain("redis-server")
    expect(commands.join("\n")).not.toContain(redis.password)
  })

  test("has everything again after a kill, when it persists, and nothing when it does not", async () => {
    for (const persistence of [true, false]) {
      await using redis = await startRedis({ persistence })
      await ask(redis, "SET key value")
      await redis.kill()
      await expect(ask(redis, "GET key")).rejects.toMatchObject({ code: "ECONNREFUSED" })
      await redis.restart()
      expect(await ask(redis, "GET key")).toContain(persistence ? "value" : "$-1")
    }
  })

  test("is silent while it is paused, and can be closed then", async () => {
    await using redis = await startRedis()
    await redis.pause()
    await expect(ask(redis, "PING", 200)).rejects.toThrow("silent")
    await redis.resume()
    expect(await ask(redis, "PING")).toContain("+PONG")
    await redis.pause()
  })

  test("leaves nothing behind when it is closed, not even after a kill", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bearerkit-test-"))
    vi.stubEnv("TMPDIR", folder)
    try {
      const redis = await startRedis()
      await redis.kill()
      await redis.close()
      await (await startRedis({ persistence: true })).close()
      expect(await readdir(folder)).toEqual([])
    } finally {
      vi.unstubAllEnvs()
      await rm(folder, { recursive: true })
    }
  })

  test("ends when its parent is killed", async () => {
    const entry = new URL("../src/index.ts", import.meta.url).href
    const script = `const s = await (await import(${JSON.stringify(entry)})).startRedis(); console.log(JSON.stringify(s)); setInterval(() => {}, 1e6)`
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const [text] = (await once(parent.stdout, "data")) as [Buffer]
    const redis = JSON.parse(String(text)) as RedisServer
    expect(await ask(redis, "PING")).toContain("+PONG")
    parent.kill("SIGKILL")
    await vi.waitFor(() => expect(ask(redis, "PING")).rejects.toMatchObject({ code: "ECONNREFUSED" }), {
      timeout: 5000,
    })
  })
})

type Address = Pick<RedisServer, "password" | "port">

const ask = (redis: Address, command: string, patience = 5000) =>
  say(redis, `AUTH ${redis.password}\r\n${command}\r\nQUIT\r\n`, patience)

const say = (redis: Address, text: string, patience = 5000): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ""
    const socket = connect(redis.port, "127.0.0.1").setTimeout(patience).setEncoding("utf8")
    socket.on("data", (more: Buffer) => void (said += String(more)))
    socket.once("timeout", () => socket.destroy(new Error("silent")))
    socket.once("error", reject)
    socket.once("close", () => resolve(said))
    socket.write(text)
  })
