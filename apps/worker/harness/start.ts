import { createTestHarness } from "wrangler"

/** What a deployment would set: the bindings of `wrangler.jsonc` that are text, secrets among them. */
export type GatewayVars = Readonly<Record<string, string>>

/** The gateway in a real workerd on this machine. */
export interface Gateway extends AsyncDisposable {
  /** Asks it, wherever the address leads, and follows nothing. */
  readonly request: (url: string, init?: RequestInit) => Promise<Response>
  /** Lets its clock be ahead of the real one, in milliseconds. */
  readonly moveClock: (ahead: number) => Promise<void>
  /** Evicts every Durable Object from memory; how many there were. */
  readonly evict: () => Promise<number>
  /** What the Worker has written so far. */
  readonly lines: () => ReadonlyArray<string>
}

/** Starts it, without asking anybody on the network for updates or telling of its use. */
export const startGateway = async (vars: GatewayVars): Promise<Gateway> => {
  Object.assign(process.env, { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" })
  const harness = createTestHarness({
    root: import.meta.dirname,
    workers: [{ configPath: "wrangler.jsonc", vars }],
  })
  await harness.listen()
  const request: Gateway["request"] = (url, init = {}) =>
    harness.fetch(url, { ...init, redirect: "manual" } as never) as unknown as Promise<Response>
  return {
    request,
    moveClock: async (ahead) => void (await request(`https://gateway.example/test/clock?ahead=${ahead}`)),
    evict: async () => {
      const worker = harness.getWorker()
      const ids = await worker.listDurableObjectIds("TokenObject" as never)
      for (const id of ids) await worker.evictDurableObject("TokenObject" as never, { id })
      return ids.length
    },
    lines: () => harness.getLogs().map(({ message }) => message),
    [Symbol.asyncDispose]: () => harness.close(),
  }
}
