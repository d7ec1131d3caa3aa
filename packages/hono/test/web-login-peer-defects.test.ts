import { memoryStorage, storageLayer, storedSessions, type TokenStorage, TokenStore } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asScript, site } from "./support/browser.ts"
import { makeOutage } from "./support/shared.ts"
import { bob, cookieKeys, hour, sessionStorages, movedClock, startApp, startTestIssuer } from "./support/world.ts"

/** What is wrong with others' web logins, as far as it was read in their source; none of it is wrong here. */
let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

describe.each(sessionStorages)("with sessions in %s", (_, sessions) => {
  it("no message, page or error has the text of a token", async () => {
    const errors: Array<string> = []
    await using world = startApp(issuer, {
      sessions: sessions(),
      onError: (error) => void errors.push(`${error.message} ${error.stack} ${JSON.stringify(error)}`),
    })
    const browser = world.browser()
    const arrival = await browser.arrive()
    const code = new URL(arrival, site).searchParams.get("code") ?? ""
    errors.push(await (await browser.copy().get(`${arrival}x`)).text())
    await browser.get(arrival.replace(code, `${code.slice(0, -3)}abc`))
    expect(errors.length).toBeGreaterThan(2)
    for (const secret of [code, ...issuer.minted]) expect(errors.filter((text) => text.includes(secret))).toEqual([])
  })

  it("no cookie can be read, and none is without Secure", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const lines = [...(await browser.get("/login")).headers.getSetCookie()]
    lines.push(...(await browser.signIn()).headers.getSetCookie())
    const { id, access } = (await (await browser.get("/me")).json()) as { id: string; access: string }
    const readable = lines.flatMap((line) => [line, ...decoded(line)])
    for (const secret of [id, access, ...issuer.minted]) {
      expect(readable.filter((text) => text.includes(secret))).toEqual([])
    }
    expect(lines.filter((line) => !line.includes("; Secure; HttpOnly; SameSite=Lax"))).toEqual([])
  })

  it("a renewal that fails for any reason but the issuer's own word deletes no session", async () => {
    const clock = movedClock()
    const outage = makeOutage()
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now, fetch: outage.fetch })
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    outage.answer = () => Promise.reject(new TypeError("fetch failed"))
    for (let n = 0; n < 3; n++) expect((await browser.get("/me", asScript)).status).toBe(200)
    outage.answer = undefined
    expect((await browser.get("/token")).status).toBe(200)
  })

  it("a login in one tab takes nothing from one in another", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const first = await browser.arrive("/login?returnTo=/open")
    await browser.get("/login")
    expect((await browser.get(first)).headers.get("location")).toBe("/open")
  })

  it("two applications in one process have nothing of each other", async () => {
    await using one = startApp(issuer, { sessions: sessions() })
    await using other = startApp(issuer, { sessions: sessions(), cookieKeys: [`${cookieKeys[0]} of the other`] })
    const browser = one.browser(bob)
    await browser.signIn()
    expect((await browser.copyAt(other.app).get("/me", asScript)).status).toBe(401)
    expect((await browser.get("/me", asScript)).status).toBe(200)
  })
})

it("nothing is answered before the store has it", async () => {
  let pending = 0
  const slow = <A, E>(write: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      pending += 1
      return Effect.ensuring(
        Effect.andThen(Effect.yieldNow, write),
        Effect.sync(() => (pending -= 1)),
      )
    })
  const real = memoryStorage()
  const store = Layer.effect(
    TokenStore,
    Effect.map(TokenStore, (store) => ({
      ...store,
      put: (...args: Parameters<typeof store.put>) => slow(store.put(...args)),
      remove: (...args: Parameters<typeof store.remove>) => slow(store.remove(...args)),
    })),
  )
  const storage: TokenStorage = {
    services: Layer.build(Layer.provideMerge(store, storageLayer(real))),
  }
  await using world = startApp(issuer, { sessions: storedSessions({ storage }) })
  const browser = world.browser()
  await browser.signIn()
  expect(pending).toBe(0)
  await browser.post("/logout")
  expect(pending).toBe(0)
})

const decoded = (line: string): ReadonlyArray<string> =>
  line.split(/[=;.]/).map((part) => Buffer.from(part, "base64url").toString("latin1"))
