import { describe, expect, it } from "vitest"
import { defineComponent, h, nextTick, shallowRef } from "vue"
import { useApi, useAuth } from "../src/index.ts"
import { createTestAuth } from "../src/testing.ts"
import { mounted } from "./support/mounted.ts"

const claims = { sub: "ada", name: "Ada" }

describe("an application that is unmounted while the person comes back", () => {
  it("lets go: whoever waits is told that it is closed, and nothing is left unhandled", async () => {
    const { auth } = await createTestAuth({ claims })
    const page = mounted([auth], () => ({ ...useAuth(), ...useApi({ onResumed: () => {} }) }))
    const { ready } = auth
    const waiting = auth.token().catch((error: unknown) => error)
    page.app.unmount()
    expect(await ready).toMatchObject({ callback: "none", status: "signed-out", error: { code: "closed" } })
    expect(await waiting).toMatchObject({ code: "closed" })
    await nextTick()
    expect(page.used.isAuthenticated.value).toBe(false)
    expect(page.warnings).toEqual([])
  })

  it("at whatever point: ready never rejects", async () => {
    for (let turns = 0; turns < 20; turns++) {
      const { auth } = await createTestAuth({ claims })
      const page = mounted([auth], useAuth)
      const { ready } = auth
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      page.app.unmount()
      expect((await ready).error?.code ?? "closed").toBe("closed")
      await expect(auth.token()).rejects.toMatchObject({ code: "closed" })
      expect(page.warnings).toEqual([])
    }
  })

  it("before it has begun does nothing any more", async () => {
    const { auth, left } = await createTestAuth()
    const page = mounted([auth], useAuth)
    page.app.unmount()
    await expect(page.used.login()).rejects.toMatchObject({ code: "closed" })
    expect(left).toEqual([])
  })
})

describe("a component that is unmounted", () => {
  const part = (use: () => void) =>
    defineComponent(() => {
      const { status } = useAuth()
      useApi({ onResumed: () => {} })
      use()
      return () => h("em", status.value)
    })

  it("while the person comes back leaves the login to the application", async () => {
    const { auth } = await createTestAuth({ claims })
    const Part = part(() => {})
    const shown = shallowRef(true)
    using page = mounted(
      [auth],
      () => shown,
      (shown) => (shown.value ? [h(Part)] : []),
    )
    expect(page.text()).toBe("signed-out")
    shown.value = false
    await nextTick()
    expect(await auth.ready).toMatchObject({ callback: "completed", status: "signed-in" })
    shown.value = true
    await nextTick()
    expect(page.text()).toBe("signed-in")
    expect(page.warnings).toEqual([])
  })

  it("while it sends the person to the issuer does not stop that", async () => {
    const { auth, left } = await createTestAuth()
    let leaving: Promise<void> | undefined
    const Part = part(() => (leaving = useAuth().login()))
    const shown = shallowRef(true)
    using page = mounted(
      [auth],
      () => shown,
      (shown) => (shown.value ? [h(Part)] : []),
    )
    shown.value = false
    await nextTick()
    await leaving
    expect(left).toHaveLength(1)
    expect(page.text()).toBe("")
    expect(page.warnings).toEqual([])
  })
})
