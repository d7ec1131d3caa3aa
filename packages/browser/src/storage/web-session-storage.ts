import { makeKeyValueStore } from "@bearerkit/core"
import { inTabs } from "./in-tabs.ts"
import type { BrowserStorage } from "./storage.ts"

/**
 * Keeps tokens in the session storage of this tab, across reloads. Every script of the origin can read them. A
 * duplicated tab has a copy of the refresh token; when both tabs use it, the issuer ends both logins.
 */
export const webSessionStorage = (): BrowserStorage => ({
  services: inTabs(() => makeKeyValueStore(() => sessionStorage)),
  shared: false,
  warnings: [],
})
