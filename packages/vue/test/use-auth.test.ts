import { describe, expect, expectTypeOf, it } from "vitest"
import { defineComponent, h, nextTick, shallowRef, watchEffect } from "vue"
import { type Auth, createAuth, useAuth } from "../src/index.ts"
import type { ClaimsOf } from "../src/register.ts"
import { createTestAuth } from "../src/testing.ts"
import { mounted } from "./support/mounted.ts"

const claims = { sub: "ada", name: "Ada", email: "ada@app.test" }

describe("useAuth", () => {
  it("knows at once who is signed in where a node is shown again that was made once", async () => {
    const { auth } = await createTestAuth({ claims })
    await auth.ready
    const seen: Array<boolean> = []
    const child = h(
      defineComponent(() => {
        const { isAuthenticated, isLoading } = useAuth()
        seen.push(isAuthenticated.value && !isLoading.value)
        return () => "child"
      }),
    )
    const shown = shallowRef(true)
    using page = mounted(
      [auth],
      () => shown,
      ({ value }) => (value ? [child] : []),
    )
    for (const value of [false, true]) {
      shown.value = value
      await nextTick()
    }
    expect([page.text(), seen]).toEqual(["child", [true, true]])
  })

  it("tells how it stands, and follows it", async () => {
    const { auth, advance, goOffline, goOnline } = await createTestAuth({ claims })
    using page = mounted([auth], useAuth, ({ status, user }) => `${status.value} ${user.value?.name}`)
    const { isLoading, isAuthenticated, status, error } = page.used
    expect([isLoading.value, isAuthenticated.value, page.text()]).toEqual([true, false, "signed-out undefined"])
    await auth.ready
    await nextTick()
    expect([isLoading.value, isAuthenticated.value, page.text()]).toEqual([false, true, "signed-in Ada"])
    expect(page.used.user.value).toEqual({ subject: "ada", name: "Ada", email: "ada@app.test", picture: undefined })
    goOffline()
    void advance(4_000_000)
    await expect(page.used.token()).rejects.toMatchObject({ code: "unreachable" })
    await expect.poll(() => [status.value, isAuthenticated.value]).toEqual(["offline", true])
    expect(error.value).toMatchObject({ code: "unreachable" })
    goOnline()
    await expect.poll(() => status.value).toBe("signed-in")
    expect(error.value).toBeUndefined()
    await page.used.logout()
    expect([status.value, page.used.user.value]).toEqual(["signed-out", undefined])
    expect(page.warnings).toEqual([])
  })

  it("gives claims as the schema makes them, or says where they are not as it says", async () => {
    const roles = (value: unknown) =>
      Array.isArray(value) ? { value: { roles: value } } : { issues: [{ message: "no list", path: ["roles"] }] }
    const claimsSchema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (input: unknown) => roles((input as Record<string, unknown>)["roles"]),
      },
    } as const
    const known = await createTestAuth({ claims: { sub: "ada", roles: ["admin"] }, claimsSchema })
    await known.auth.ready
    using first = mounted([known.auth], useAuth)
    expect(first.used.claims.value).toEqual({ roles: ["admin"] })
    const other = await createTestAuth({ claims: { sub: "ada", roles: "secret" }, claimsSchema })
    await other.auth.ready
    using second = mounted([other.auth], useAuth)
    expect(second.used.claims.value).toBeUndefined()
    expect(second.used.error.value).toMatchObject({ code: "claim_mismatch" })
    expect(second.used.error.value?.message).toContain("roles")
    expect(second.used.error.value?.message).not.toContain("secret")
  })

  it("knows the type of the claims of the login that is registered", () => {
    expectTypeOf<ClaimsOf<Auth<{ readonly roles: string }>>>().toEqualTypeOf<{ readonly roles: string }>()
  })

  it("holds no token in its state", async () => {
    const { auth } = await createTestAuth({ claims })
    using page = mounted([auth], useAuth)
    await auth.ready
    const seen: Array<string> = []
    watchEffect(() => void seen.push(JSON.stringify([auth.state.value, Object.values(page.used).map(String)])))
    expect(seen.join()).not.toContain(await auth.token())
  })

  it("says how to install it where it is not", () => {
    expect(() => useAuth()).toThrow("No auth found; install it with app.use(createAuth(...))")
    expect(() => mounted([], useAuth)).toThrow("No auth found; install it with app.use(createAuth(...))")
  })

  it("ends with its application", async () => {
    const { auth } = await createTestAuth({ claims })
    const page = mounted([auth], useAuth)
    await auth.ready
    expect(await auth.token()).toMatch(/^access-/)
    page.app.unmount()
    await expect(auth.token()).rejects.toMatchObject({ code: "closed" })
  })
})

describe("with what other plugins got wrong", () => {
  it("auth0-vue, okta-vue: two applications have a login each", async () => {
    const one = await createTestAuth({ claims: { sub: "ada" }, clientId: "one" })
    const two = await createTestAuth({ claims: { sub: "lin" }, clientId: "two" })
    using first = mounted([one.auth], useAuth)
    using second = mounted([two.auth], useAuth)
    await Promise.all([one.auth.ready, two.auth.ready])
    expect([first.used.user.value?.subject, second.used.user.value?.subject]).toEqual(["ada", "lin"])
    await first.used.logout()
    expect(second.used.status.value).toBe("signed-in")
  })

  it("auth0-vue: neither making nor installing it needs a window", async () => {
    expect(typeof window).toBe("undefined")
    const auth = createAuth({
      issuer: "https://issuer.test",
      clientId: "app",
      redirectUri: "https://app.test/callback",
    })
    using page = mounted([auth], useAuth, ({ status, isLoading }) => `${status.value} ${isLoading.value}`)
    expect(await auth.ready).toMatchObject({ callback: "none", status: "signed-out" })
    expect(page.text()).toBe("signed-out true")
  })

  it("auth0-vue: installing begins the work, once, and whoever wants to can await it", async () => {
    const { auth } = await createTestAuth({ claims })
    using page = mounted([auth], useAuth)
    expect(await auth.ready).toMatchObject({ callback: "completed", status: "signed-in" })
    expect(await auth.ready).toBe(await auth.ready)
    expect(page.used.isAuthenticated.value).toBe(true)
  })

  it("auth0-vue: stores and plain modules have the login without a component", async () => {
    const { auth } = await createTestAuth({
      claims,
      apis: { "https://api.test": { scope: "openid" } },
      api: ({ headers }) => new Response(headers.get("authorization")),
    })
    const response = await auth.fetch("https://api.test/orders")
    expect(await response.text()).toBe(`Bearer ${await auth.token()}`)
    await auth.close()
  })
})
