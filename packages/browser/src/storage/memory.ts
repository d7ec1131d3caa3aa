import { memoryStorage } from "@bearerkit/core"
import type { BrowserStorage } from "./storage.ts"

/** Keeps tokens in this page: gone when it is left or loaded again. Nothing else that runs here can read them later. */
export const memory = (): BrowserStorage => ({ ...memoryStorage(), shared: false, warnings: [] })
