import type { BrowserContext, Page } from "@bearerkit/services"
import type { World } from "../../world/world.ts"
import type { Step, Told } from "../step.ts"

/** What a step in the browser has at hand. */
export interface Visit {
  readonly world: World
  /** A tab that shows the application's first page. */
  readonly page: Page
  /** Opens another tab of the same person. */
  readonly openTab: (path: string) => Promise<Page>
  readonly context: BrowserContext
}

/** A step that Ada takes in Chromium, with the single page app; skipped where there is no Chromium. */
export const inBrowser = (name: string, take: (visit: Visit) => Promise<Told>): Step => ({
  name,
  take: async (world, signal) => {
    if (world.noBrowser !== undefined) return { skipped: world.noBrowser }
    const browser = await world.browser()
    // all steps share one, in which Ada stays known to the issuer
    const context = browser.contexts()[0] ?? (await browser.newContext())
    const pages: Array<Page> = []
    const openTab = async (path: string): Promise<Page> => {
      const page = await context.newPage()
      pages.push(page)
      page.setDefaultTimeout(timeout)
      await page.goto(world.spa.url + path)
      return page
    }
    const close = (): Promise<unknown> => Promise.all(pages.map((page) => page.close()))
    const stop = (): void => void close().catch(() => {})
    signal.addEventListener("abort", stop)
    try {
      const page = await openTab("/")
      await page.evaluate("localStorage.clear()")
      await page.reload()
      return await take({ world, page, openTab, context })
    } finally {
      signal.removeEventListener("abort", stop)
      await context.setOffline(false)
      await close()
    }
  },
})

const timeout = 30_000
