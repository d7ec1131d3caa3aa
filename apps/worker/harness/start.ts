/** What a deployment would set: the bindings of `wrangler.jsonc` that are text, secrets among them. */
export type GatewayVars = Readonly<Record<string, string>>

/** The gateway in a real workerd on this machine. */
export interface Gateway extends AsyncDisposable {
  /** Asks it, wherever the address leads, and follows nothing. */
  readonly request: (url: string, init?: RequestInit) => Promise<Response>
  /** Lets its clock be further ahead, in milliseconds. */
  readonly moveClock: (ahead: number) => Promise<void>
  /** Evicts every Durable Object from memory; how many there were. */
  readonly evict: () => Promise<number>
  /** What the Worker has written so far. */
  readonly lines: () => ReadonlyArray<string>
}

/**
 * Starts it, without asking anybody on the network for updates or telling of its use.
 *
 * @param ahead how far its clock is ahead from the start, in milliseconds
 */
export const startGateway = async (vars: GatewayVars, ahead = 0): Promise<Gateway> => {
  Object.assign(process.env, { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" })
  // loaded here because it is big
  const { createTestHarness } = await import("wrangler")
  const harness = createTestHarness({
    root: import.meta.dirname,
    workers: [{ configPath: "wrangler.jsonc", vars }],
  })
  await harness.listen()
  const request: Gateway["request"] = (url, init = {}) =>
    harness.fetch(url, { ...init, redirect: "manual" } as never) as unknown as Promise<Response>
  const moveClock: Gateway["moveClock"] = async (more) =>
    void (await request(`https://gateway.example/test/clock?ahead=${ahead + more}`))
  await moveClock(0)
  return {
    request,
    moveClock,
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
