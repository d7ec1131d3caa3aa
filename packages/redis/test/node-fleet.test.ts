import { type RedisServer, startRedis } from "@bearerkit/services"
import { afterAll, beforeAll, describe } from "vitest"
import { fleetLaws } from "../../node/test/fleet/laws.ts"
import { fleetStorage } from "./support/fleet-storage.ts"
import { skip } from "./support/server.ts"

describe.skipIf(skip)("with the client of @bearerkit/node", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())

  fleetLaws("Redis", {
    program: new URL("support/fleet-member.ts", import.meta.url),
    at: () => server.url,
    storageAt: fleetStorage,
  })
})
