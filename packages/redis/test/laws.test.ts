import { encryptedStorage, encryptionKey, storageLayer, type TokenStorage } from "@bearerkit/core"
import { type RedisServer, startRedis } from "@bearerkit/services"
import * as Layer from "effect/Layer"
import { createClient, createClientPool } from "redis"
import { afterAll, beforeAll, describe } from "vitest"
import { lockLaws } from "../../core/test/laws/lock.ts"
import { tokenStoreLaws } from "../../core/test/laws/token-store.ts"
import { redis, redisOver } from "../src/index.ts"
import { freshPrefix, passAt, skip } from "./support/server.ts"

describe.skipIf(skip)("over a real Redis", () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())

  const fresh = (storage: () => TokenStorage) => Layer.suspend(() => storageLayer(storage()))
  const ours = () => redis({ url: server.url, prefix: freshPrefix() })
  const options = { pass: (...args: Parameters<ReturnType<typeof passAt>>) => passAt(server.url)(...args) }

  tokenStoreLaws("redis", fresh(ours), options)
  lockLaws("redis", fresh(ours))

  const key = encryptionKey("one", crypto.getRandomValues(new Uint8Array(32)))
  tokenStoreLaws(
    "encrypted redis",
    fresh(() => encryptedStorage(ours(), { keys: [key] })),
    options,
  )

  describe("a client that was handed in", () => {
    let client: ReturnType<typeof connect>
    const connect = () => createClient({ url: server.url, RESP: 2 })
    beforeAll(async () => {
      client = connect()
      await client.connect()
    })
    afterAll(() => client.close())
    const over = () => redisOver(client, { prefix: freshPrefix() })
    tokenStoreLaws("redis", fresh(over), options)
    lockLaws("redis", fresh(over))
  })

  describe("a pool that was handed in", () => {
    let pool: ReturnType<typeof make>
    const make = () => createClientPool({ url: server.url })
    beforeAll(async () => {
      pool = make()
      await pool.connect()
    })
    afterAll(() => pool.close())
    const over = () => redisOver(pool, { prefix: freshPrefix() })
    tokenStoreLaws("redis", fresh(over), options)
    lockLaws("redis", fresh(over))
  })
})
