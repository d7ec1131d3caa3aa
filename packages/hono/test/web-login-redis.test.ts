import { cookieSessions, type SessionStorage, storedSessions, type TokenStorage } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { redis } from "@bearerkit/redis"
import { type RedisServer, startRedis } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshPrefix, keysAt, skip } from "../../redis/test/support/server.ts"
import { renewsOnce, startFleet } from "./support/fleet.ts"
import { hour, movedClock, startTestIssuer } from "./support/world.ts"

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
      const member = () => ({ sessions: sessionsOf(redis({ url: server.url, prefix })), now: clock.now })
      await using fleet = startFleet(issuer, Array.from({ length: 4 }, member))
      const browser = fleet.browser()
      await browser.signIn()
      clock.ahead = hour
      await renewsOnce(issuer, fleet, browser)
      await browser.post("/logout")
      const answers = await fleet.ask(browser, "/token", 4)
      expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303])
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
      const member = () => ({ sessions: sessionsOf(redis({ url: server.url, prefix })), fetch: counting })
      await using fleet = startFleet(issuer, [member(), member()])
      const browser = fleet.browser()
      const spoiled = (await browser.arrive()).replace(/code=[^&]*/, "code=another")
      expect((await browser.get(spoiled)).status).toBe(400)
      expect(await keysAt(server.url, prefix)).toEqual([])
      const arrival = await browser.arrive()
      const answers = await fleet.ask(browser, arrival, 4)
      expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 400, 400, 400])
      expect(exchanges).toBe(2)
    },
  )
})
