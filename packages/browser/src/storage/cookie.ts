import { makeKeyValueStore, type Warning } from "@bearerkit/core"
import { inTabs } from "./in-tabs.ts"
import { cookieJar } from "./cookie-jar.ts"
import type { BrowserStorage } from "./storage.ts"

/**
 * Keeps tokens for all tabs in cookies, until the browser is closed. Scripts can read them, and every request to this host
 * carries them. What does not fit in 8 kB is refused.
 */
export const cookie = (): BrowserStorage => ({
  services: inTabs(() => makeKeyValueStore(() => cookieJar(document))),
  shared: true,
  warnings: [scriptReadable],
})

const scriptReadable: Warning = {
  name: "script-readable-cookie",
  message:
    "A cookie that scripts can write, scripts can read, and each request sends it along: have a server keep the tokens and set an HttpOnly cookie.",
}
