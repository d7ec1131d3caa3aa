import { cookieSessions, type SessionStorage, storedSessions, type TokenStorage } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { redis } from "@bearerkit/redis"
import { type RedisServer, startRedis } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshPrefix, keysAt, skip } from "../../redis/test/support/server.ts"
import { hour, movedClock, startApp, startTestIssuer } from "./support/world.ts"

const sessionStorages: ReadonlyArray<readonly [string, (storage: TokenStorage) => SessionStorage]> = [
  ["sealed cookies", (shared) => cookieSessions({ shared })],
  ["Redis", (storage) => storedSessions({ storage })],
]

describe.skipIf(skip)("a fleet over a real Redis", () => {
  let issuer: Issuer
  let server: RedisServer
  beforeAll(async () => {
    issuer = await startTestIssuer()
    server = await startRedis()
  })
  afterAll(async () => {
    await issuer.close()
    await server.close()
  })

  it.each(sessionStorages)(
    "with sessions in %s renews once for 20 requests at expiry on 4 processes",
    async (_, sessionsOf) => {
      const clock = movedClock()
      const prefix = freshPrefix()
      const processes = Array.from({ length: 4 }, () =>
        startApp(issuer, { sessions: sessionsOf(redis({ url: server.url, prefix })), now: clock.now }),
      )
      const browser = processes[0]!.browser()
      await browser.signIn()
      const spent = issuer.refreshes.length
      clock.ahead = hour
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => browser.copyAt(processes[n % 4]!.app).get("/token")),
      )
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1)
      expect(issuer.refreshes.length - spent).toBe(1)
      await browser.post("/logout")
      for (const { app } of processes) expect((await browser.copyAt(app).get("/token")).status).toBe(303)
      for (const each of processes) await each[Symbol.asyncDispose]()
    },
  )

  it.each(sessionStorages)(
    "with sessions in %s sends a code once, and keeps nothing of who never signs in",
    async (_, sessionsOf) => {
      const prefix = freshPrefix()
      let exchanges = 0
      const counting: typeof fetch = (input, init) => {
        if (String(init?.body).includes("grant_type=authorization_code")) exchanges += 1
        return fetch(input, init)
      }
      const processes = Array.from({ length: 2 }, () =>
        startApp(issuer, { sessions: sessionsOf(redis({ url: server.url, prefix })), fetch: counting }),
      )
      const browser = processes[0]!.browser()
      const spoiled = (await browser.arrive()).replace(/code=[^&]*/, "code=another")
      expect((await browser.get(spoiled)).status).toBe(400)
      expect(await keysAt(server.url, prefix)).toEqual([])
      const arrival = await browser.arrive()
      const answers = await Promise.all(
        Array.from({ length: 4 }, (_, n) => browser.copyAt(processes[n % 2]!.app).get(arrival)),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 400, 400, 400])
      expect(exchanges).toBe(2)
      for (const each of processes) await each[Symbol.asyncDispose]()
    },
  )
})
