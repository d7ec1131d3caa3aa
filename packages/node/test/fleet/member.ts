import { BearerError, createClient, deviceCode, type Target, type TokenStorage } from "../../src/index.ts"

/** What a member of the fleet is told to do: to ask for a token of a login, so often at once. */
export interface Task {
  readonly issuer: string
  readonly clientId: string
  /** Where the store is. */
  readonly at: string
  readonly account: string
  readonly target: Target
  readonly callers: number
  /** Milliseconds that a request takes longer on its way there, and on its way back; with it, the first one is reported. */
  readonly latency: number
}

/** What came of it, each outcome once: a token's end, or an error's code; or that a renewal has begun. */
export interface Report {
  readonly account: string
  readonly outcomes: ReadonlyArray<{ readonly token: string } | { readonly code: string }> | "renewing"
}

/** Makes this process a member of the fleet. */
export const member = (storageAt: (at: string) => TokenStorage): void => {
  process.on("message", async (task: Task) => {
    const report = (outcomes: Report["outcomes"]) =>
      process.send?.({ account: task.account, outcomes } satisfies Report)
    report(await ask(task, storageAt(task.at), () => report("renewing")))
  })
  process.on("disconnect", () => process.exit())
  process.send?.("ready")
}

/** Two hours ahead: what the login began with has ended. */
const later = (): number => Date.now() + 7_200_000

const ask = async (task: Task, storage: TokenStorage, renewing: () => void): Promise<Report["outcomes"]> => {
  const { issuer, clientId, account, target, callers, latency } = task
  const pause = () => new Promise((resolve) => setTimeout(resolve, latency))
  let begun = latency === 0
  await using client = createClient({
    issuer,
    clientId,
    flow: deviceCode(),
    storage,
    account,
    now: later,
    fetch: async (url, init) => {
      if (!begun) renewing()
      begun = true
      await pause()
      const response = await fetch(url, init)
      await pause()
      return response
    },
  })
  const outcomes = await Promise.all(
    Array.from({ length: callers }, () =>
      client.token(target).then(
        (token) => JSON.stringify({ token: token.slice(-20) }),
        (error: unknown) => JSON.stringify({ code: error instanceof BearerError ? error.code : String(error) }),
      ),
    ),
  )
  return [...new Set(outcomes)].map((outcome) => JSON.parse(outcome) as Exclude<Report["outcomes"], string>[number])
}
