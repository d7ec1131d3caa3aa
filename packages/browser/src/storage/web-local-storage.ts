import { makeKeyValueStore, type Warning } from "@bearerkit/core"
import { inTabs } from "./in-tabs.ts"
import type { BrowserStorage } from "./storage.ts"
import { upToDate } from "./up-to-date.ts"

/**
 * Keeps tokens for all tabs in the local storage, across restarts: in clear text, for every script of the origin and
 * everybody who reads the disk. Warns of `local-storage`.
 */
export const webLocalStorage = (): BrowserStorage => ({
  services: inTabs(() => makeKeyValueStore(() => upToDate(localStorage))),
  shared: true,
  warnings: [localStorageWarning],
})

const localStorageWarning: Warning = {
  name: "local-storage",
  message:
    "Tokens in the local storage stay on the disk until somebody signs out: use encryptedIndexedDb(), or memory().",
}
