import { describe, expect, it } from "vitest"
import { createMemoryHistory, createRouter, type Router, type RouteRecordRaw } from "vue-router"
import { makeFakeWorld } from "../../browser/test/support/fake-world.ts"
import { fakePage } from "../../browser/src/testing/fake-page.ts"
import { makeAuth } from "../src/create-auth.ts"
import { BearerError, createAuth } from "../src/index.ts"
import { createTestAuth, type TestAuth, type TestAuthOptions } from "../src/testing.ts"
import { authGuard, type AuthGuardOptions } from "../src/router.ts"

const redirectUri = "https://app.test/base/callback"
const page = { render: () => null }
const routes: ReadonlyArray<RouteRecordRaw> = [
  { path: "/", component: page, meta: { auth: false } },
  { path: "/callback", component: page },
  { path: "/about", component: page, meta: { auth: false } },
  { path: "/orders", component: page },
  { path: "/write", component: page, meta: { scope: "write" } },
  { path: "/gold", component: page, meta: { acr: "gold" } },
  { path: "/failed", component: page },
]
const guarded = async (
  options: TestAuthOptions = {},
  guard: AuthGuardOptions = { errorRoute: "/failed" },
): Promise<TestAuth & { readonly router: Router }> => {
  const test = await createTestAuth(options)
  const router = createRouter({ history: createMemoryHistory(guard.base), routes: [...routes] })
  router.beforeEach(authGuard(test.auth, guard))
  return { ...test, router }
}
const asked = (left: ReadonlyArray<string>) => new URL(left.at(-1) ?? "").searchParams

/** What the issuer is asked for when somebody who is not signed in goes there. */
const loginsOn = async (path: string, base: string): Promise<ReadonlyArray<unknown>> => {
  const { auth } = await createTestAuth()
  const logins: Array<unknown> = []
  const login = async (options: unknown) => void logins.push(options)
  const router = createRouter({ history: createMemoryHistory(base), routes: [...routes] })
  router.beforeEach(authGuard({ ...auth, ready: auth.ready, login }, { base }))
  await router.push(path)
  await auth.close()
  return logins
}

describe("the guard", () => {
  it("lets people go on who are signed in, as soon as that is known", async () => {
    const { router, auth } = await guarded({ claims: { sub: "ada" } })
    await router.push("/orders")
    expect(router.currentRoute.value.fullPath).toBe("/orders")
    await auth.close()
  })

  it("sends others to the issuer, and keeps path, query and hash of where they were going", async () => {
    const { router, auth, left } = await guarded()
    const logins: Array<unknown> = []
    const login = async (options: unknown) => void logins.push(options)
    const based = createRouter({ history: createMemoryHistory("/base"), routes: [...routes] })
    based.beforeEach(authGuard({ ...auth, ready: auth.ready, login }, { base: "/base" }))
    expect(await based.push("/orders?page=2&q=%C3%A4#top")).toMatchObject({ type: 4 })
    expect(logins).toMatchObject([{ returnTo: "/base/orders?page=2&q=%C3%A4#top" }])
    await router.push("/orders")
    expect(asked(left).get("client_id")).toBe("test")
    await auth.close()
  })

  it("leaves routes alone that are for everybody", async () => {
    const { router, auth, left } = await guarded()
    await router.push("/")
    expect([router.currentRoute.value.path, left]).toEqual(["/", []])
    await auth.close()
  })

  it("lets nobody be signed out by a network that is lost", async () => {
    const { router, auth, goOffline } = await guarded({ claims: { sub: "ada" } })
    await auth.ready
    goOffline()
    await router.push("/orders")
    expect(router.currentRoute.value.path).toBe("/orders")
    await auth.close()
  })

  it("brings who has come back to where they were going, though the router began at the callback", async () => {
    const arrival = { returnTo: "/base/orders?page=2" }
    const { router, auth } = await guarded({ claims: { sub: "ada" }, arrival, redirectUri }, { base: "/base" })
    await router.push("/callback?code=code")
    expect(router.currentRoute.value.fullPath).toBe("/orders?page=2")
    await auth.close()
  })

  describe("under a base", () => {
    it.each(["/base", "/base/"])("%s: keeps where people were going, and finds it again", async (base) => {
      expect(await loginsOn("/orders?page=2", base)).toMatchObject([{ returnTo: "/base/orders?page=2" }])
      const arrival = { returnTo: "/base/orders?page=2" }
      const back = await guarded({ claims: { sub: "ada" }, arrival, redirectUri }, { base })
      await back.router.push("/callback?code=code")
      expect(back.router.currentRoute.value.fullPath).toBe("/orders?page=2")
      await back.auth.close()
      const refused = await guarded({ refusal: "access_denied", arrival, redirectUri }, { base, errorRoute: "/failed" })
      await refused.router.push("/callback")
      expect([refused.router.currentRoute.value.path, refused.left]).toEqual(["/failed", []])
      expect(refused.auth.refused.value?.target).toBe("/orders?page=2")
      await refused.auth.close()
    })

    it.each([
      ["/", "https://app.test/callback", "/orders", "/orders"],
      ["/base", redirectUri, "/based/orders", "/"],
      ["/base", redirectUri, "/base", "/"],
      ["/base", redirectUri, "/base?page=2", "/?page=2"],
    ])(
      "%s: an address is a path of the router only from there on (%s, %s)",
      async (base, redirectUri, returnTo, path) => {
        const { router, auth } = await guarded({ claims: { sub: "ada" }, arrival: { returnTo }, redirectUri }, { base })
        await router.push("/callback")
        expect(router.currentRoute.value.fullPath).toBe(path)
        await auth.close()
      },
    )

    it.each(["https://app.test/base", "https://app.test/base/"])(
      "%s: can be where people come back",
      async (address) => {
        const arrival = { returnTo: "/base/orders" }
        const { router, auth } = await guarded(
          { claims: { sub: "ada" }, arrival, redirectUri: address },
          { base: "/base/" },
        )
        await router.push("/")
        expect(router.currentRoute.value.path).toBe("/orders")
        await router.push("/")
        expect(router.currentRoute.value.path).toBe("/")
        await auth.close()
      },
    )
  })

  it("keeps where people were going in the hash, where the router has it there", async () => {
    const base = "/#"
    expect(await loginsOn("/orders?page=2", base)).toMatchObject([{ returnTo: "/#/orders?page=2" }])
    for (const redirectUri of ["https://app.test/", "https://app.test/callback.html"]) {
      const arrival = { returnTo: "/#/orders?page=2" }
      const back = await guarded({ claims: { sub: "ada" }, arrival, redirectUri }, { base })
      await back.router.push("/")
      expect(back.router.currentRoute.value.fullPath).toBe("/orders?page=2")
      expect(back.url().href).toBe("https://app.test/#/orders?page=2")
      await back.auth.close()
    }
  })

  it("answers to the arrival of the page once, so that every route can be visited afterwards", async () => {
    const options = { claims: { sub: "ada" }, redirectUri: "https://app.test/", arrival: { returnTo: "/about" } }
    const { router, auth } = await guarded(options)
    const paths: Array<string> = []
    for (const path of ["/", "/", "/orders", "/"]) {
      await router.push(path)
      paths.push(router.currentRoute.value.path)
    }
    expect(paths).toEqual(["/about", "/", "/orders", "/"])
    await auth.close()
  })

  it("shows a refusal of the issuer wherever the router begins, and sends nobody there again by itself", async () => {
    const { router, auth, left } = await guarded({ refusal: "access_denied", arrival: { returnTo: "/orders" } })
    await router.push("/orders")
    expect([router.currentRoute.value.path, left]).toEqual(["/failed", []])
    expect(auth.refused.value).toMatchObject({ error: { code: "access_denied" }, target: "/orders" })
    await auth.close()
  })

  it("can be for the routes alone that ask for it", async () => {
    const { auth, left } = await createTestAuth()
    const router = createRouter({
      history: createMemoryHistory(),
      routes: [...routes, { path: "/mine", component: page, meta: { auth: true } }],
    })
    router.beforeEach(authGuard(auth, { routes: "marked" }))
    await router.push("/orders")
    expect([router.currentRoute.value.path, left]).toEqual(["/orders", []])
    await router.push("/mine")
    expect(left).toHaveLength(1)
    await auth.close()
  })

  it("lets a server render every route: who is signed in is known in the browser only", async () => {
    const options = { issuer: "https://issuer.test", clientId: "app", redirectUri: "https://app.test/callback" }
    await using auth = createAuth(options)
    const router = createRouter({ history: createMemoryHistory(), routes: [...routes] })
    router.beforeEach(authGuard(auth, { errorRoute: "/failed" }))
    await router.push("/orders")
    await router.isReady()
    expect(router.currentRoute.value.path).toBe("/orders")
  })

  describe("of a route that demands more", () => {
    it("sends people to a login with that scope, and lets them in with it", async () => {
      const { router, auth, left } = await guarded({
        claims: { sub: "ada" },
        target: { scope: "openid read" },
        granted: "openid read",
      })
      await router.push("/write")
      expect(asked(left).get("scope")).toBe("openid read write")
      await auth.close()
      const able = await guarded({ claims: { sub: "ada" }, target: { scope: "openid write" } })
      await able.router.push("/write")
      expect(able.router.currentRoute.value.path).toBe("/write")
      await able.auth.close()
    })

    it("sends people to a login of that kind, and lets them in with it", async () => {
      const { router, auth, left } = await guarded({ claims: { sub: "ada", acr: "silver" } })
      await router.push("/gold")
      expect(asked(left).get("acr_values")).toBe("gold")
      await auth.close()
      const able = await guarded({ claims: { sub: "ada", acr: "gold" } })
      await able.router.push("/gold")
      expect(able.router.currentRoute.value.path).toBe("/gold")
      await able.auth.close()
    })

    it("asks once: an issuer that does not grant it leads to the error route and not in a circle", async () => {
      const { router, auth, left } = await guarded({
        claims: { sub: "ada" },
        target: { scope: "openid read" },
        granted: "openid read",
        arrival: { resume: { demanded: { scopes: ["write"], acr: [] } } },
      })
      await router.push("/write")
      expect([router.currentRoute.value.path, left]).toEqual(["/failed", []])
      expect(auth.refused.value).toMatchObject({ error: { code: "insufficient_scope" }, target: "/write" })
      await router.push("/write")
      expect(left).toHaveLength(1)
      await auth.close()
    })
  })

  describe("auth0-vue: an error at the callback", () => {
    it("leads to the error route, with the error and the path, and never in a circle", async () => {
      const { router, auth, left } = await guarded({
        refusal: "access_denied",
        arrival: { returnTo: "/orders?page=2" },
      })
      await router.push("/callback")
      expect([router.currentRoute.value.path, left]).toEqual(["/failed", []])
      expect(auth.refused.value).toMatchObject({ error: { code: "access_denied" }, target: "/orders?page=2" })
      await router.push(auth.refused.value?.target ?? "")
      expect(left).toHaveLength(1)
      expect(auth.refused.value).toBeUndefined()
      await auth.close()
    })

    it("fails the navigation with the error where there is no error route", async () => {
      const { router, auth, left } = await guarded({ refusal: "access_denied", arrival: { returnTo: "/orders" } }, {})
      router.onError(() => {})
      await expect(router.push("/callback")).rejects.toMatchObject({ code: "access_denied" })
      expect(left).toEqual([])
      await auth.close()
    })
  })

  it.each(["/failed?from=login", "/failed#why", "/error"])("the error route can be %s", async (errorRoute) => {
    const refusal = { refusal: "access_denied", arrival: { returnTo: "/orders" } }
    const { router, auth, left } = await guarded(refusal, { errorRoute })
    router.addRoute({ path: "/error", redirect: "/failed?from=redirect" })
    await router.push("/callback")
    expect([router.currentRoute.value.path, left]).toEqual(["/failed", []])
    expect(auth.refused.value).toMatchObject({ error: { code: "access_denied" }, target: "/orders" })
    router.addRoute({ path: "/old", redirect: "/orders" })
    await router.push("/old")
    expect([router.currentRoute.value.path, left.length]).toEqual(["/failed", 1])
    await auth.close()
  })

  it("shows the error route where the host loses the issuer's answers, and sends nobody there without end", async () => {
    const world = await makeFakeWorld()
    let page = fakePage("https://app.test/callback")
    const shown: Array<string | undefined> = []
    for (let turn = 0; turn < 6; turn++) {
      page = fakePage("https://app.test/callback", page.storage)
      const auth = makeAuth(world.make(page), { redirectUri })
      const router = createRouter({ history: createMemoryHistory(), routes: [...routes] })
      router.beforeEach(authGuard(auth, { errorRoute: "/failed" }))
      await router.push("/orders")
      shown.push(auth.refused.value?.error.code)
      // who tries again makes one round
      if (auth.refused.value !== undefined) await router.push(auth.refused.value.target)
      expect(page.left).toHaveLength(1)
      await auth.close()
    }
    const lost = "invalid_callback"
    expect(shown).toEqual([undefined, undefined, undefined, lost, lost, lost])
  })

  it("shows the error route when the issuer cannot be reached", async () => {
    const { auth } = await createTestAuth()
    const error = new BearerError("unreachable", "The issuer cannot be reached.", {
      fix: "Try again.",
      retryable: true,
    })
    const router = createRouter({ history: createMemoryHistory(), routes: [...routes] })
    const login = () => Promise.reject(error)
    router.beforeEach(authGuard({ ...auth, ready: auth.ready, login }, { errorRoute: "/failed" }))
    await router.push("/orders")
    expect(router.currentRoute.value.path).toBe("/failed")
    expect(auth.refused.value).toEqual({ error, target: "/orders" })
    await auth.close()
  })
})
