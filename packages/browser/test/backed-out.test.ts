import type { Page } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { comeBack, isReady, leave, makeWorld, noBrowser, openTab, statusOf, type World } from "./support/world.ts"

describe.skipIf(noBrowser).each([
  ["loads pages again", false],
  ["keeps pages", true],
])("a login that a person backs out of, in a Chromium that %s", { timeout: 30_000 }, (_, keepsPages) => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld({ keepsPages })
  }, 30_000)
  afterAll(() => world[Symbol.asyncDispose]())

  const open = async (): Promise<Page> => openTab(await world.person({ storage: "sessionStorage" }), world.origin)
  const backOut = async (page: Page): Promise<void> => {
    await page.evaluate(() => void (window.slept = 0))
    await leave(page)
    await page.goBack({ waitUntil: "commit" })
    await isReady(page)
    expect(await page.evaluate(() => window.slept === 0)).toBe(keepsPages)
    // a page that was kept is there before that is noted
    await page.waitForFunction(() => {
      const [newest = "", given = ""] = ["newest", "in-vain"].map((name): string => {
        const { value } = JSON.parse(sessionStorage.getItem(`bearerkit-login:${name}`) ?? "{}")
        return value
      })
      return newest.split(" ")[0] === given
    })
  }
  /** Comes back from the login page without an answer, as where the host of the application has dropped it. */
  const loseAnswer = async (page: Page): Promise<void> => {
    await leave(page)
    await page.goto(`${world.origin}/callback`)
    await isReady(page)
  }
  const found = async (page: Page): Promise<string> => {
    const { callback, error } = await page.evaluate(async () => {
      const { callback, error } = await window.kit.arrival
      return { callback, error: error?.code }
    })
    return error ?? callback
  }

  it("is none whose answer was lost, however many there are", async () => {
    const page = await open()
    for (let turn = 0; turn < 5; turn++) {
      await backOut(page)
      expect([await found(page), await statusOf(page)]).toEqual(["none", "signed-out"])
      await page.goto(`${world.origin}/elsewhere`)
      await isReady(page)
      expect([await found(page), await statusOf(page)]).toEqual(["none", "signed-out"])
    }
    await page.context().close()
  })

  it("can still be finished by who goes forward again", async () => {
    const page = await open()
    await backOut(page)
    await page.goForward({ waitUntil: "commit" })
    await comeBack(page)
    expect([await found(page), await statusOf(page)]).toEqual(["completed", "signed-in"])
    await page.context().close()
  })

  it("hides no answer that is lost: the third in a row is said, with what came before it", async () => {
    const page = await open()
    const outcomes: Array<string> = []
    for (const step of [loseAnswer, loseAnswer, backOut, loseAnswer, loseAnswer, loseAnswer]) {
      await step(page)
      outcomes.push(await found(page))
    }
    expect(outcomes).toEqual(["none", "none", "none", "none", "none", "invalid_callback"])
    await page.context().close()
  })
})
