import { setTimeout as wait } from "node:timers/promises"
import type { Page } from "./app-process.ts"
import { type Answer, ask } from "./http.ts"
import { pick, type Random } from "./random.ts"

/** What a visitor gets: a page with a usable token, one without for now, the way to the login, or an error page. */
export type Outcome = "delayed" | "signed out" | "unavailable" | "usable"

export interface Visitor {
  /** Of the applications that answer now. */
  readonly ports: () => ReadonlyArray<number>
  readonly random: Random
  /** Told of each answer. */
  readonly count: (outcome: Outcome | "disconnected") => void
}

/** Asks any of the processes for the page, and another one if that is killed meanwhile. */
export const visit = async ({ ports, random, count }: Visitor, cookie: string): Promise<Outcome> => {
  const headers = { cookie, accept: "application/json" }
  for (;;) {
    try {
      const outcome = outcomeOf(await ask(pick(random, ports()), "/page", { headers }))
      count(outcome)
      return outcome
    } catch {
      count("disconnected")
      await wait(20)
    }
  }
}

const outcomeOf = ({ status, body }: Answer): Outcome => {
  if (status === 401) return "signed out"
  if (status !== 200) return "unavailable"
  const { token } = JSON.parse(body) as Page
  return token === "usable" ? "usable" : "delayed"
}
