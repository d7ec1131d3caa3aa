import { type RelayOptions, startRelay } from "@bearerkit/app-api"
import type { Answering } from "./fleet-process.ts"

/** What the process is told: whom it serves, its own credentials, whom it asks; and how far its clock is ahead. */
export interface FirstApiOrder {
  readonly options: Omit<RelayOptions, "now">
  /** Milliseconds. */
  readonly ahead: number
}

process.once("message", async ({ options, ahead }: FirstApiOrder) => {
  const { url } = await startRelay({ ...options, now: () => Date.now() + ahead })
  process.send?.({ url } satisfies Answering)
})
process.on("disconnect", () => process.exit())
// whoever started it says when it ends
process.on("SIGINT", () => {})
