import { makeKeyValueStore } from "@bearerkit/core"
import { inTabs } from "./in-tabs.ts"
import type { BrowserStorage } from "./storage.ts"

/**
 * Keeps tokens in this tab, over reloads, where every script of the origin can read them. A tab that is duplicated takes
 * a copy of the refresh token along, and the issuer ends both logins when both use it.
 */
export const webSessionStorage = (): BrowserStorage => ({
  services: inTabs(() => makeKeyValueStore(() => sessionStorage)),
  shared: false,
  warnings: [],
})
