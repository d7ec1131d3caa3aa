import {
  clientSecretBasic,
  discoveryLayer,
  httpLayer,
  Login,
  loginLayer,
  makeRunner,
  parseTarget,
  password,
  sharedFlightsLayer,
  storageLayer,
} from "@bearerkit/core"
import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import { type RedisServer, startRedis } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { redis, type RedisOptions } from "../src/index.ts"
import { startWorker, type Worker } from "./support/process.ts"
import { freshPrefix, skip } from "./support/server.ts"
import type { SharedLogin } from "./support/worker.ts"

const orders = "https://orders.example"
const target = { audience: orders }
const narrower = { audience: orders, scope: "read" }
const clientSecret = "the secret of web, which is long enough"
const ada = { username: "ada", password: "correct horse" }

describe.skipIf(skip)("processes that share a login", { timeout: 30_000 }, () => {
  let server: RedisServer
  let issuer: Issuer
  let one: Worker
  let other: Worker
  beforeAll(async () => {
    server = await startRedis({ persistence: true })
    issuer = await startIssuer({
      config: defineIssuer({
        clients: [{ id: "web", secret: clientSecret, grants: ["password", "refresh_token"] }],
        apis: [{ audience: orders, scopes: ["read", "write"] }],
        connections: [{ name: "users", strategy: "database", users: [ada] }],
      }),
    })
    ;[one, other] = await Promise.all([startWorker(), startWorker()])
  })
  afterAll(async () => {
    await Promise.all([one.kill(), other.kill()])
    await issuer.close()
    await server.close()
  })

  /** Somebody logs in, and the token has ended; the processes of the fleet know the login by what this returns. */
  const login = async (patience: Partial<RedisOptions> = {}): Promise<SharedLogin> => {
    const options = { ...patience, url: server.url, prefix: freshPrefix() }
    const client = { issuer: issuer.url, clientId: "web", clientAuth: clientSecretBasic(clientSecret) }
    const runner = makeRunner(
      loginLayer({ client, key: "login" }).pipe(
        Layer.provideMerge(discoveryLayer),
        Layer.provideMerge(Layer.mergeAll(httpLayer(), sharedFlightsLayer)),
        Layer.provideMerge(storageLayer(redis(options))),
        Layer.build,
      ),
    )
    const granted = Result.getOrThrow(parseTarget({ audience: orders, scope: "openid offline_access read write" }))
    await runner.run(
      Effect.gen(function* () {
        const set = yield* password(ada).acquire(client, granted)
        yield* Login.use((login) => login.begin({ ...set, expiresAt: 0 }, target))
      }),
    )
    await runner.close()
    return { issuer: issuer.url, clientId: "web", clientSecret, redis: options }
  }

  /** How often each refresh token was sent since. */
  const sendings = (): (() => ReadonlyArray<number>) => {
    const before = issuer.refreshes.length
    return () => {
      const counts = new Map<string, number>()
      for (const { token } of issuer.refreshes.slice(before)) counts.set(token, (counts.get(token) ?? 0) + 1)
      return [...counts.values()]
    }
  }

  it("2 processes with 50 callers each renew once", async () => {
    const sent = sendings()
    const shared = await login()
    const told = await Promise.all([one, other].map((each) => each.ask({ login: shared, callers: 50, target })))
    assert.strictEqual(new Set(told.flat()).size, 1)
    assert.match(told[0]![0]!, /^eyJ/)
    assert.deepStrictEqual(sent(), [1])
  })

  /** Holders that do not move for two seconds are replaced. */
  const impatient = { timeout: 500, deadAfter: 2000 }

  it("one killed when it has claimed the renewal is replaced, and the refresh token sent once", async () => {
    const sent = sendings()
    const shared = await login(impatient)
    await using victim = await startWorker()
    void victim.ask({ login: shared, callers: 1, target, stopAt: "claimed" })
    await victim.stopped()
    await victim.kill()
    const [token] = await other.ask({ login: shared, callers: 50, target })
    assert.match(token!, /^eyJ/)
    assert.deepStrictEqual(sent(), [1])
  })

  for (const stopAt of ["read", "claimed"] as const) {
    it(`one that slept when it had ${stopAt} neither sends the refresh token again nor overwrites the next`, async () => {
      const sent = sendings()
      const shared = await login(impatient)
      const late = one.ask({ login: shared, callers: 1, target, stopAt })
      await one.stopped()
      const [token] = await other.ask({ login: shared, callers: 50, target })
      assert.match(token!, /^eyJ/)
      one.goOn()
      assert.include([token, "lock_timeout"], (await late)[0])
      assert.deepStrictEqual(await one.ask({ login: shared, callers: 50, target }), [token!])
      assert.deepStrictEqual(sent(), [1])
      assert.match((await one.ask({ login: shared, callers: 1, target: narrower }))[0]!, /^eyJ/)
      assert.deepStrictEqual(sent(), [1, 1])
    })
  }

  it("one that slept over the issuer's answer cannot be told from a dead one: the login ends, and says so", async () => {
    const sent = sendings()
    const shared = await login(impatient)
    const late = one.ask({ login: shared, callers: 1, target, stopAt: "answered" })
    await one.stopped()
    assert.deepStrictEqual(await other.ask({ login: shared, callers: 1, target }), ["login_required"])
    one.goOn()
    assert.include(["lock_timeout", "login_required"], (await late)[0])
    assert.deepStrictEqual(await one.ask({ login: shared, callers: 1, target }), ["login_required"])
    assert.deepStrictEqual(sent(), [2])
  })

  it("a short sleep over the issuer's answer loses nothing", async () => {
    const sent = sendings()
    const shared = await login()
    const late = one.ask({ login: shared, callers: 1, target, stopAt: "answered" })
    await one.stopped()
    const waiting = other.ask({ login: shared, callers: 50, target })
    one.goOn()
    assert.match((await late)[0]!, /^eyJ/)
    assert.deepStrictEqual(await waiting, await late)
    assert.deepStrictEqual(sent(), [1])
  })

  it("a rotated refresh token survives a Redis that is killed before it can be written", async () => {
    const sent = sendings()
    const shared = await login()
    const late = one.ask({ login: shared, callers: 1, target, stopAt: "answered" })
    await one.stopped()
    await server.kill()
    one.goOn()
    await server.restart()
    const [token] = await late
    assert.match(token!, /^eyJ/)
    assert.deepStrictEqual(await other.ask({ login: shared, callers: 50, target }), [token!])
    assert.deepStrictEqual(sent(), [1])
    assert.match((await other.ask({ login: shared, callers: 1, target: narrower }))[0]!, /^eyJ/)
  })
})
