import { makeKeyValueStore, type Warning } from "@bearerkit/core"
import { inTabs } from "./in-tabs.ts"
import { cookieJar } from "./cookie-jar.ts"
import type { BrowserStorage } from "./storage.ts"

/**
 * Keeps tokens for all tabs in cookies, until the browser is closed. Scripts can read them, and every request to this host
 * sends them. A login of more than 8 kB is refused with `store_unavailable`. Warns of `script-readable-cookie`.
 *
 * @see RFC 6265 §4.1.1, §6.1
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
