import { keyValueStore, type Warning } from "@bearerkit/core"
import * as Layer from "effect/Layer"
import { webLock } from "../lock/web-lock.ts"
import { cookieJar } from "./cookie-jar.ts"
import type { BrowserStorage } from "./storage.ts"

/**
 * Keeps tokens for all tabs in cookies, until the browser is closed. Scripts can read them, and every request to this host
 * carries them. What does not fit in 8 kB is refused.
 */
export const cookie = (): BrowserStorage => ({
  layer: Layer.merge(
    keyValueStore(() => cookieJar(document)),
    webLock,
  ),
  shared: true,
  warnings: [scriptReadable],
})

const scriptReadable: Warning = {
  name: "script-readable-cookie",
  message:
    "A cookie that scripts can write, scripts can read, and each request sends it along: have a server keep the tokens and set an HttpOnly cookie.",
}
