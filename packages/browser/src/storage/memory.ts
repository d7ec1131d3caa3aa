import { memoryStorage } from "@bearerkit/core"
import type { BrowserStorage } from "./storage.ts"

/** Keeps tokens in this page, until it is left or reloaded. Nothing is stored, so nobody can read them later. */
export const memory = (): BrowserStorage => ({ ...memoryStorage(), shared: false, warnings: [] })
