import { isRedisAvailable } from "@bearerkit/services"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { createClient } from "redis"

const state = isRedisAvailable()

/** Whether there is no Redis here, which is said and, on CI, a failure. */
export const skip = !state.available && process.env["CI"] !== "true"
if (!state.available && skip) process.stderr.write(`\nSKIPPED: ${state.why}. To get it: ${state.how}\n\n`)

/** Another prefix each time, so that tests find nothing of each other. */
export const freshPrefix = (): string => `${crypto.randomUUID()}:`

/** What is kept under a prefix, its locks among it. */
export const keysAt = async (url: string, prefix: string): Promise<ReadonlyArray<string>> => {
  const client = await createClient({ url }).connect()
  const keys = await client.keys(`${prefix}*`)
  await client.close()
  return keys
}

/** Lets time pass for the server's keys: each loses as much of what it has left. */
export const passAt = (url: string) => (duration: Duration.Duration) =>
  Effect.promise(async () => {
    const client = await createClient({ url }).connect()
    for await (const keys of client.scanIterator()) {
      for (const key of keys) {
        const left = await client.pTTL(key)
        if (left > 0) await client.pExpire(key, left - Duration.toMillis(duration))
      }
    }
    await client.close()
  })
