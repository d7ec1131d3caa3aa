import { BearerError, createClient, deviceCode, fileStorage } from "../../src/index.ts"
import { orders } from "../support/world.ts"

/** What a member of the fleet is told to do: to ask for a token of a login, so often at once. */
export interface Task {
  readonly issuer: string
  readonly directory: string
  readonly account: string
  readonly callers: number
  /** Milliseconds that a request takes longer on its way there, and on its way back; with it, the first one is reported. */
  readonly latency: number
}

/** What came of it, each outcome once: a token's end, or an error's code. */
export type Report = ReadonlyArray<{ readonly token: string } | { readonly code: string }>

/** Two hours ahead: what the login began with has ended. */
const later = (): number => Date.now() + 7_200_000

const ask = async ({ issuer, directory, account, callers, latency }: Task): Promise<Report> => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, latency))
  let renewing = false
  const report = () => {
    if (!renewing && latency > 0) process.send?.("renewing")
    renewing = true
  }
  await using client = createClient({
    issuer,
    clientId: "desktop",
    flow: deviceCode(),
    store: fileStorage({ directory }),
    account,
    now: later,
    fetch: async (url, init) => {
      report()
      await pause()
      const response = await fetch(url, init)
      await pause()
      return response
    },
  })
  const outcomes = await Promise.all(
    Array.from({ length: callers }, () =>
      client.token({ audience: orders, scope: "read" }).then(
        (token) => JSON.stringify({ token: token.slice(-20) }),
        (error: unknown) => JSON.stringify({ code: error instanceof BearerError ? error.code : String(error) }),
      ),
    ),
  )
  return [...new Set(outcomes)].map((outcome) => JSON.parse(outcome) as Report[number])
}

process.on("message", (task: Task) => {
  void ask(task).then((report) => process.send?.(report))
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
