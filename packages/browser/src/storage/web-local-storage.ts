import { makeKeyValueStore, type Warning } from "@bearerkit/core"
import { inTabs } from "./in-tabs.ts"
import type { BrowserStorage } from "./storage.ts"
import { upToDate } from "./up-to-date.ts"

/** Keeps tokens for all tabs, over restarts, on the disk in clear text, where every script of the origin can read them. */
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
