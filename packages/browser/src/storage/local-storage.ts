import { keyValueStore, type Warning } from "@bearerkit/core"
import * as Layer from "effect/Layer"
import { webLock } from "../lock/web-lock.ts"
import type { BrowserStorage } from "./storage.ts"
import { upToDate } from "./up-to-date.ts"

/** Keeps tokens for all tabs, over restarts, on the disk in clear text, where every script of the origin can read them. */
export const localStorage = (): BrowserStorage => ({
  layer: Layer.merge(
    keyValueStore(() => upToDate(globalThis.localStorage)),
    webLock,
  ),
  shared: true,
  warnings: [localStorageWarning],
})

const localStorageWarning: Warning = {
  name: "local-storage",
  message:
    "Tokens in the local storage stay on the disk until somebody signs out: use encryptedIndexedDb(), or memory().",
}
