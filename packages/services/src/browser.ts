import { type Browser, chromium } from "playwright-core"

import { type Availability, availabilityOf, programsOf, SERVICES } from "./availability.ts"

export type { Browser, BrowserContext, Page } from "playwright-core"

export const isBrowserAvailable = (): Availability => availabilityOf(SERVICES.chromium)

/** Options of `startBrowser`. */
export interface BrowserOptions {
  /** Whether a page that was left is kept for the way back, as browsers do for people. @default false */
  readonly keepsPages?: boolean
}

/** Starts Chromium without a window. A new context of it is a person with an empty browser. */
export const startBrowser = ({ keepsPages = false }: BrowserOptions = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: programsOf(SERVICES.chromium)[0] ?? "",
    // root has no sandbox, and /dev/shm of a container is small
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--disable-gpu"],
    ignoreDefaultArgs: keepsPages ? ["--disable-back-forward-cache"] : [],
  })
