import { type ClientOptions, createClient, deviceCode } from "@bearerkit/node"
import { redis } from "@bearerkit/redis"
import { payloadOf } from "../api/payload.ts"

/** What a member of the fleet is told. */
export interface Task extends Pick<ClientOptions, "account" | "clientId" | "issuer" | "target"> {
  readonly redisUrl: string
  readonly callers: number
  /** Milliseconds by which its clock is ahead. */
  readonly ahead: number
}

/** The `jti` of what its callers got, each once. */
export type Report = { readonly tokens: ReadonlyArray<unknown> } | { readonly failed: string }

const run = async ({ redisUrl, callers, ahead, ...options }: Task): Promise<Report> => {
  await using client = createClient({
    ...options,
    flow: deviceCode(),
    storage: redis({ url: redisUrl }),
    now: () => Date.now() + ahead,
  })
  const tokens = await Promise.all(Array.from({ length: callers }, () => client.token()))
  return { tokens: [...new Set(tokens.map((token) => payloadOf(token)["jti"]))] }
}

process.on("message", (task: Task) => {
  run(task).then(
    (report) => process.send?.(report),
    (error: Error) => process.send?.({ failed: error.message } satisfies Report),
  )
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
