import type { TokenStorage } from "@bearerkit/core"
import { createTestHarness, type TestHarness } from "wrangler"
import { durableObjectStorage } from "../../src/durable-object-storage.ts"
import type { KeyValues } from "../../src/key-values.ts"
import type { TokenObjects } from "../../src/token-object-calls.ts"

export interface Bindings {
  readonly KV: KeyValues
  readonly SESSIONS: TokenObjects
}

/** The fixture in a real workerd, whose bindings a test may use as the Worker does. */
export const startWorkerd = async (): Promise<Workerd> => {
  const harness = createTestHarness({
    root: new URL("../fixture", import.meta.url).pathname,
    workers: [{ configPath: "wrangler.jsonc" }],
  })
  await harness.listen()
  const env = (await harness.getWorker().getEnv()) as unknown as Bindings
  /** Asks an object by way of the Worker; what asks from here would keep it from being evicted. */
  const ask = async (name: string, method: string, ...args: ReadonlyArray<unknown>): Promise<unknown> => {
    const response = await harness.fetch(`/${name}/${method}?args=${encodeURIComponent(JSON.stringify(args))}`)
    return ((await response.json()) as { readonly answer?: unknown }).answer
  }
  /** Durable Objects that no other test has used. */
  const storage = (): TokenStorage => {
    const run = crypto.randomUUID()
    const idFromName = (name: string) => env.SESSIONS.idFromName(`${run} ${name}`)
    return durableObjectStorage({ idFromName, get: (id) => env.SESSIONS.get(id) })
  }
  const evict = (name: string) => harness.getWorker().evictDurableObject("TokenObject" as never, { name })
  return { harness, env, ask, evict, storage }
}

export interface Workerd {
  readonly harness: TestHarness
  readonly env: Bindings
  readonly ask: (name: string, method: string, ...args: ReadonlyArray<unknown>) => Promise<unknown>
  readonly evict: (name: string) => Promise<void>
  readonly storage: () => TokenStorage
}
