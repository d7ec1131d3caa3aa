import type { TokenStorage } from "@bearerkit/core"
import { redis } from "../../src/index.ts"

/** What a fleet shares. A machine that is busy takes long to answer, and may. */
export const fleetStorage = (url: string): TokenStorage => redis({ url, prefix: "fleet:", timeout: 5000 })
